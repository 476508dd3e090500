// Flux's kustomize-controller with one Kustomization, and a source whose status the test writes as source-controller would.
import type { Test } from 'tap';
import { at, get, isObject, list, text } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import { connect } from '../../chart/client.ts';
import type { Cluster } from '../../cluster/index.ts';
import { defineResources, startNeighbor } from '../../cluster/neighbor.ts';
import { until } from '../../cluster/node/api.ts';
import { LATE, whileLate } from '../../cluster/late.ts';
import { makeSource } from './source.ts';
import type { Artifact, Files } from './source.ts';

export const TENANT = 'flux-tenant';
/** The user by which Flux writes. */
export const FLUX = `system:serviceaccount:${TENANT}:flux`;
const WAIT_MS = 240_000;
const KUSTOMIZATION = `/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/${TENANT}/kustomizations/shop`;
const SOURCE = `/apis/source.toolkit.fluxcd.io/v1/namespaces/${TENANT}/gitrepositories/shop`;

/** What Flux says of a reconciliation. */
export interface Outcome {
  readonly ok: boolean;
  readonly said: string;
}

export interface Flux {
  /** Commits these files in place of all others; resolves when Flux has done with that commit. */
  commit(files: Files): Promise<Outcome>;
  /** Has Flux reconcile the last commit once more, as its interval and `flux reconcile` do. */
  sync(): Promise<Outcome>;
  /** What Flux reported of denied reconciliations so far, those that a change of the source started among them. */
  denials(): Promise<readonly string[]>;
}

/**
 * Starts Flux. TENANT and the account `flux` in it have to be there. What it has applied stays at the end of the test.
 * @param namespace of everything in Git
 */
export async function startFlux(t: Test, cluster: Cluster, namespace: string): Promise<Flux> {
  await defineResources(cluster, 'flux');
  startNeighbor(t, cluster, 'flux', 'kustomize-controller');
  const source = await makeSource(t);
  const client = connect(cluster);
  let requests = 0;
  let last: Artifact | null = null;

  async function read(): Promise<JsonObject> {
    return (await client.call('GET', KUSTOMIZATION)).body;
  }

  async function patch(path: string, body: JsonObject): Promise<void> {
    const reply = await client.call('PATCH', path, body);
    if (reply.status !== 200) throw new Error(JSON.stringify(reply.body));
  }

  /**
   * Waits until Flux has begun with a commit. What it reports of a request from before may be of the commit before: it sees
   * the request at once, and the source a moment later.
   */
  async function attempted({ revision }: Artifact): Promise<void> {
    if (!(await until(async () => at(await read(), 'status', 'lastAttemptedRevision') === revision, WAIT_MS)))
      throw new Error(`Flux does not see the commit: ${JSON.stringify(await read())}`);
  }

  function sync(): Promise<Outcome> {
    return whileLate(reconcile, ({ ok, said }) => (ok ? '' : said));
  }

  async function reconcile(): Promise<Outcome> {
    const request = String(++requests);
    await patch(KUSTOMIZATION, { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': request } } });
    let ready: JsonObject | undefined;
    async function done(): Promise<boolean> {
      const object = await read();
      ready = readyOf(object);
      const { status, metadata } = { status: at(object, 'status'), metadata: at(object, 'metadata') };
      return (
        at(status, 'lastHandledReconcileAt') === request &&
        at(status, 'lastAttemptedRevision') === last?.revision &&
        at(ready, 'observedGeneration') === at(metadata, 'generation') &&
        at(ready, 'status') !== 'Unknown'
      );
    }
    if (!(await until(done, WAIT_MS))) throw new Error(`Flux does not reconcile: ${JSON.stringify(await read())}`);
    return { ok: at(ready, 'status') === 'True', said: text(at(ready, 'message')) ?? '' };
  }

  for (const [path, object] of objects(namespace)) {
    const reply = await client.call('POST', path.slice(0, path.lastIndexOf('/')), object);
    if (reply.status !== 201) throw new Error(JSON.stringify(reply.body));
  }
  t.teardown(async () => {
    // Suspended, it leaves what it has applied alone.
    await client.call('PATCH', KUSTOMIZATION, { spec: { suspend: true } });
    await client.call('DELETE', KUSTOMIZATION);
    await until(async () => (await client.call('GET', KUSTOMIZATION)).status === 404, WAIT_MS);
    client.close();
  });
  return {
    commit: async (files) => {
      last = await source.commit(files);
      await patch(`${SOURCE}/status`, sourceStatus(last));
      await attempted(last);
      return sync();
    },
    sync,
    denials: async () => {
      const { body } = await client.call('GET', `/api/v1/namespaces/${TENANT}/events`);
      const messages = list(at(body, 'items')).map((event) => text(get(event, 'message')) ?? '');
      return messages.filter((message) => message.includes('denied the request') && !LATE.test(message));
    },
  };
}

function readyOf(object: JsonObject): JsonObject | undefined {
  return list(at(object, 'status', 'conditions'))
    .filter(isObject)
    .find((each) => at(each, 'type') === 'Ready');
}

function sourceStatus(artifact: Artifact): JsonObject {
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'Succeeded',
    message: `stored artifact for revision '${artifact.revision}'`,
    lastTransitionTime: artifact.lastUpdateTime,
    observedGeneration: 1,
  };
  return { status: { observedGeneration: 1, artifact: { ...artifact }, conditions: [ready] } };
}

function objects(targetNamespace: string): readonly (readonly [string, JsonObject])[] {
  const metadata = { name: 'shop', namespace: TENANT };
  const source = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata,
    spec: { interval: '1h', url: 'https://git.example.com/shop.git', ref: { branch: 'main' } },
  };
  const kustomization = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata,
    spec: {
      interval: '1h',
      retryInterval: '1h',
      path: './',
      prune: true,
      serviceAccountName: 'flux',
      sourceRef: { kind: 'GitRepository', name: 'shop' },
      targetNamespace,
    },
  };
  return [
    [SOURCE, source],
    [KUSTOMIZATION, kustomization],
  ];
}
