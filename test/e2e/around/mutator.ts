import { webcrypto } from 'node:crypto';
import { createServer } from 'node:https';
import { text as read } from 'node:stream/consumers';
import { createAuthority } from '../../../certs/ca.ts';
import { issueLeaf } from '../../../certs/serving.ts';
import { at, parseObject } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import type { Cluster } from '../../cluster/index.ts';
import { endpointSlice, namespaceObject, service } from '../../objects.ts';
import { listen } from '../../ports.ts';

const NAMESPACE = 'around-mutator';
const NAME = 'later';
const HOUR = 3_600_000;

function weight(index: number, value: number): JsonObject {
  return {
    op: 'replace',
    path: `/spec/weighted/services/${index}/weight`,
    value,
  };
}

/** What each of them does to an object with the label `mutated: <key>`, after the webhook of the chart. */
const PATCHES: Readonly<Record<string, readonly Json[]>> = {
  split: [weight(0, 60), weight(1, 40)],
  switch: [weight(0, 0), weight(1, 100)],
  label: [{ op: 'add', path: '/metadata/labels/seen', value: 'yes' }],
};

function answer(url: string, body: string): string {
  const review = parseObject(body);
  const { pathname } = new URL(url, 'https://localhost');
  const patch = Buffer.from(JSON.stringify(PATCHES[pathname.slice(1)] ?? [])).toString('base64');
  const response = { uid: at(review, 'request', 'uid'), allowed: true, patchType: 'JSONPatch', patch };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
}

/** Another team's mutating webhooks, in a server on this machine; how to stop it. */
export async function startMutators(cluster: Cluster): Promise<() => void> {
  const tools = { now: () => new Date(), crypto: webcrypto };
  const authority = await createAuthority(tools, HOUR);
  const leaf = await issueLeaf(tools, authority, [`${NAME}.${NAMESPACE}.svc`], HOUR);
  const server = createServer({ key: leaf.key, cert: leaf.certificate }, (request, response) => {
    read(request).then(
      (body) => response.setHeader('content-type', 'application/json').end(answer(request.url ?? '', body)),
      () => response.destroy(),
    );
  });
  const host = cluster.ip.replace(/\.2$/, '.1');
  const port = await listen(server, host);
  const caBundle = Buffer.from(authority.certificate).toString('base64');
  const metadata = { name: NAME, namespace: NAMESPACE };
  await cluster.apply([
    namespaceObject(NAMESPACE),
    service(metadata, null, [{ port: 443 }]),
    endpointSlice(metadata, NAME, host, [{ port }]),
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      // Configurations are called in the order of their names.
      metadata: { name: `z-${NAME}` },
      webhooks: Object.keys(PATCHES).map((key) => ({
        name: `${key}.${NAME}.example.com`,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        clientConfig: { caBundle, service: { ...metadata, path: `/${key}`, port: 443 } },
        objectSelector: { matchLabels: { mutated: key } },
        rules: [
          {
            apiGroups: ['traefik.io'],
            apiVersions: ['v1alpha1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['traefikservices'],
          },
        ],
      })),
    },
  ]);
  return () => {
    server.closeAllConnections();
    server.close();
  };
}
