import type { Test } from 'tap';
import { at, list, parseObject } from '../../../common/json.ts';
import { stringAt } from '../../../common/json-paths.ts';
import type { JsonObject } from '../../../common/json.ts';
import type { Cluster } from '../../cluster/index.ts';
import { until } from '../../cluster/node/api.ts';
import type { ArgoCd } from './argocd.ts';
import { NAMESPACE } from './argocd.ts';

const SETTLED_MS = 180_000;
const REFRESH = 'argocd.argoproj.io/refresh';

/** What an Application reports. */
export interface Report {
  /** Synced or OutOfSync, of the whole. */
  readonly sync: string | undefined;
  readonly health: string | undefined;
  readonly revision: string | undefined;
  /** Kinds and names of the objects that differ from Git. */
  readonly outOfSync: readonly string[];
  /** Syncs of everything so far; self-heal syncs single objects. */
  readonly syncs: number;
  /** When the last sync of any kind began. */
  readonly began: string | undefined;
  /** How it ended, and its message. */
  readonly phase: string | undefined;
  readonly message: string;
  /** What it says about a comparison or a sync that failed. */
  readonly conditions: readonly string[];
}

/** An Application of a test, seen through the API server. */
export interface Application {
  report(): Promise<Report>;
  /** Has Argo CD compare Git and the cluster, and waits until it has; the report then. */
  compared(): Promise<Report>;
  /** Compares until the report is as expected; fails with the last one otherwise. */
  reaches(t: Test, what: string, expected: (report: Report) => boolean): Promise<Report>;
}

/** The handle of an Application. */
export function applicationOf(cluster: Cluster, argo: ArgoCd, name: string): Application {
  const object = [`applications.argoproj.io/${name}`, '-n', NAMESPACE];
  async function stored(): Promise<JsonObject> {
    return parseObject(await cluster.kubectlOk(['get', ...object, '-o', 'json'])) ?? {};
  }
  async function report(): Promise<Report> {
    return reportOf(await stored());
  }
  async function compared(): Promise<Report> {
    await cluster.kubectlOk(['annotate', ...object, '--overwrite', `${REFRESH}=normal`]);
    // Argo CD removes the annotation with the write of what it compared.
    let after: JsonObject = {};
    await until(async () => {
      after = await stored();
      return stringAt(after, 'metadata', 'annotations', REFRESH) === undefined;
    }, SETTLED_MS);
    return reportOf(after);
  }
  return {
    report,
    compared,
    reaches: async (t, what, expected) => {
      let last = await report();
      const reached = await until(async () => {
        last = await compared();
        return expected(last);
      }, SETTLED_MS);
      t.ok(reached, `${what}: ${JSON.stringify(last)}${reached ? '' : `\n${argo.log()}`}`);
      return last;
    },
  };
}

function reportOf(application: JsonObject): Report {
  const resources = list(at(application, 'status', 'resources'));
  return {
    sync: stringAt(application, 'status', 'sync', 'status'),
    health: stringAt(application, 'status', 'health', 'status'),
    revision: stringAt(application, 'status', 'sync', 'revision'),
    outOfSync: resources
      .filter((resource) => stringAt(resource, 'status') === 'OutOfSync')
      .map((resource) => `${stringAt(resource, 'kind') ?? ''}/${stringAt(resource, 'name') ?? ''}`),
    syncs: list(at(application, 'status', 'history')).length,
    began: stringAt(application, 'status', 'operationState', 'startedAt'),
    phase: stringAt(application, 'status', 'operationState', 'phase'),
    message: stringAt(application, 'status', 'operationState', 'message') ?? '',
    conditions: list(at(application, 'status', 'conditions')).flatMap((each) => stringAt(each, 'message') ?? []),
  };
}
