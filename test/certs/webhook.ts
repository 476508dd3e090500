// What a cluster shows of the webhook's certificates, while another client makes them.
import { splitBundle } from '../../certs/bundle.ts';
import { at, list, text } from '../../common/json.ts';
import { withConnection } from '../bench/connections.ts';
import type { Client } from '../chart/client.ts';
import type { Cluster } from '../cluster/index.ts';
import { RELEASE } from '../cluster/index.ts';

const here = ['-n', RELEASE.namespace];
const PODS = 'app.kubernetes.io/component=webhook';

export const CONFIGURATIONS = ['mutating', 'validating'].map(
  (kind) => `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations/bluegreen`,
);

export interface Webhook {
  /** The CAs that each webhook of both configurations trusts, in PEM. */
  readonly bundles: () => Promise<readonly string[]>;
  /** How many CAs the webhooks trust; several numbers where they differ. */
  readonly trusted: () => Promise<readonly number[]>;
  /** A metric of each replica that does not drain. */
  readonly metric: (name: string) => Promise<readonly number[]>;
  readonly allReady: () => Promise<boolean>;
  /** Has the kubelet look at the pods' Secrets now, not within a minute. */
  readonly hurry: () => Promise<void>;
}

export function webhookOf(cluster: Cluster, client: Client): Webhook {
  async function bundles(): Promise<readonly string[]> {
    const objects = await Promise.all(CONFIGURATIONS.map(async (path) => (await client.call('GET', path)).body));
    return objects
      .flatMap((object) => list(object['webhooks']))
      .map((entry) => Buffer.from(text(at(entry, 'clientConfig', 'caBundle')) ?? '', 'base64').toString('utf8'));
  }

  /** Without kubectl, as it is asked often. */
  async function read(path: string): Promise<string> {
    const { ip: host, token } = cluster.api;
    const endpoint = { host, port: 6443, headers: { authorization: `Bearer ${token}` } };
    const { status, body } = await withConnection(endpoint, (each) => each.send({ method: 'GET', path }));
    if (status !== 200) throw new Error(`${path}: ${status} ${body}`);
    return body;
  }

  async function metric(name: string): Promise<readonly number[]> {
    const pods = `/api/v1/namespaces/${RELEASE.namespace}/pods`;
    const found = list((await client.call('GET', `${pods}?labelSelector=${encodeURIComponent(PODS)}`)).body['items']);
    // A replica that drains is no longer ready, and soon no longer there.
    const names = found
      .filter((pod) => at(pod, 'metadata', 'deletionTimestamp') === undefined)
      .map((pod) => text(at(pod, 'metadata', 'name')) ?? '');
    const texts = await Promise.all(names.map((pod) => read(`${pods}/https:${pod}:10250/proxy/metrics`)));
    return texts.map((body) => Number(new RegExp(`^${name} (.+)$`, 'm').exec(body)?.[1] ?? Number.NaN));
  }

  return {
    bundles,
    trusted: async () => [...new Set((await bundles()).map((bundle) => splitBundle(bundle).length))],
    metric,
    allReady: async () => (await metric('bluegreen_ready')).every((value) => value === 1),
    hurry: async () => {
      await cluster.kubectl([...here, 'annotate', 'pods', '--overwrite', '-l', PODS, `looked=${Date.now()}`]);
    },
  };
}
