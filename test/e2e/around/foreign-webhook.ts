import { webcrypto } from 'node:crypto';
import { createServer } from 'node:https';
import { text as read } from 'node:stream/consumers';
import { createAuthority } from '../../../certs/ca.ts';
import { issueLeaf } from '../../../certs/serving.ts';
import { parseObject } from '../../../common/json.ts';
import { objectAt } from '../../../common/json-paths.ts';
import type { JsonObject } from '../../../common/json.ts';
import type { Cluster } from '../../cluster/index.ts';
import { endpointSlice, namespaceObject, service } from '../../objects.ts';
import { listen } from '../../ports.ts';

const HOUR = 3_600_000;

/** A webhook of another team, served on this machine behind a Service of the cluster. */
export interface ForeignWebhook {
  /** `clientConfig` of a webhook that is asked at a path. */
  clientConfig(path: string): JsonObject;
  /** Ends the server; its Service and namespace stay. */
  stop(): void;
}

/** Starts one. `answer` gives, for the path and the request, what its response has beside uid and `allowed`. */
export async function serveWebhook(
  cluster: Cluster,
  metadata: { readonly namespace: string; readonly name: string },
  answer: (path: string, request: JsonObject) => Promise<JsonObject>,
): Promise<ForeignWebhook> {
  const { namespace, name } = metadata;
  const tools = { now: () => new Date(), crypto: webcrypto };
  const authority = await createAuthority(tools, HOUR);
  const leaf = await issueLeaf(tools, authority, [`${name}.${namespace}.svc`], HOUR);
  async function review(url: string, body: string): Promise<string> {
    const request = objectAt(parseObject(body) ?? {}, 'request');
    const more = await answer(new URL(url, 'https://localhost').pathname, request);
    const response = { uid: request['uid'] ?? '', allowed: true, ...more };
    return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
  }
  const server = createServer({ key: leaf.key, cert: leaf.certificate }, (request, response) => {
    read(request)
      .then((body) => review(request.url ?? '', body))
      .then(
        (text) => response.setHeader('content-type', 'application/json').end(text),
        () => response.destroy(),
      );
  });
  const host = cluster.ip.replace(/\.2$/, '.1');
  const port = await listen(server, host);
  const caBundle = Buffer.from(authority.certificate).toString('base64');
  await cluster.apply([
    namespaceObject(namespace),
    service(metadata, null, [{ port: 443 }]),
    endpointSlice(metadata, name, host, [{ port }]),
  ]);
  return {
    clientConfig: (path) => ({ caBundle, service: { ...metadata, path, port: 443 } }),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
