import { createConcurrencyLimit } from '../../../webhook/admission/concurrency-limit.ts';
import { createRecentFacts } from '../../../webhook/facts/recent.ts';
import type { Dependencies } from '../../../webhook/admission/decide.ts';
import type { AdmissionRequest } from '../../../webhook/admission/types.ts';
import type { JsonObject } from '../../../common/json.ts';
import { settled } from '../facts/cluster.ts';
import { FakeReader } from '../facts/fake-reader.ts';
import * as manifests from '../../objects.ts';
import { SETTINGS } from '../policy/build.ts';

/** Blue and green, one settled pod each. */
export const CLUSTER = settled('blue') + settled('green');

export const BEFORE = '2026-03-01T12:00:00Z';
export const AFTER = '2026-03-01T12:00:02Z';

/** A clock by which every look is long after the one before. */
function slowClock(): () => number {
  let now = 0;
  return () => (now += 1000);
}

export function world(now: string = BEFORE, reader = new FakeReader(CLUSTER), elapsed = slowClock()): Dependencies {
  return {
    reader,
    access: async () => false,
    settings: SETTINGS,
    docsUrl: 'https://example.org/docs',
    now: () => now,
    deadline: () => ({ signal: new AbortController().signal, end: () => {} }),
    recent: createRecentFacts(elapsed),
    observeFacts: () => {},
    lookups: createConcurrencyLimit(10),
  };
}

export type Weights = readonly [blue: number | null, green: number | null];

/** A TraefikService over `blue` and `green`; `null` leaves a weight out. */
export function traefikService([blue, green]: Weights, annotations?: Readonly<Record<string, string>>): JsonObject {
  const metadata = { name: 'shop', namespace: 'demo', ...(annotations ? { annotations } : {}) };
  return manifests.traefikService(metadata, manifests.weightedSpec(blue, green));
}

export function request(object: JsonObject | null, oldObject: JsonObject | null = null): AdmissionRequest {
  return {
    uid: 'u1',
    operation: object === null ? 'DELETE' : oldObject === null ? 'CREATE' : 'UPDATE',
    group: 'traefik.io',
    version: 'v1alpha1',
    resource: 'traefikservices',
    subResource: '',
    namespace: 'demo',
    name: 'shop',
    user: { name: 'ada', uid: '', groups: [], extra: {} },
    object,
    oldObject,
    options: null,
    dryRun: false,
  };
}
