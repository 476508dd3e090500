import { describe, readSmokeTest, settledRevision, stateOf, stillRuns } from '../../webhook/policy/index.ts';
import type { Color, Facts } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { imagesOf } from '../traefikservice/names.ts';
import { sharesOf } from '../traefikservice/shares.ts';
import type { PodReport, PodsReport } from './pods.ts';

/** What `status` says about one color. Nulls are what could not be read. */
export interface ColorReport {
  readonly color: Color;
  readonly service: string;
  readonly role: 'active' | 'preview';
  /** Null when the color is not listed; `missing` counts as 1. */
  readonly weight: number | 'missing' | 'invalid' | null;
  /** Of production's requests by the weights, from 0 to 1. */
  readonly share: number;
  readonly images: readonly string[];
  readonly revisions: readonly string[];
  readonly readyEndpoints: number | null;
  readonly replicas: number | null;
  readonly workload: string | null;
  readonly pods: readonly PodReport[];
  /** Why pods are not ready, or do not come. */
  readonly podReasons: readonly string[];
  /** What its rollout waits for; null when it is settled or not known. */
  readonly unsettled: string | null;
  readonly smokeTest: {
    readonly passed: boolean;
    readonly by: string | null;
    readonly at: string | null;
    readonly reason: string | null;
  };
}

export function colorReport(
  found: TraefikServiceRef,
  facts: Facts,
  color: Color,
  { active, pods, reasons }: PodsReport & { readonly active: Color | null },
): ColorReport {
  const child = stateOf(found.object, found.pair)[color];
  const seen = facts.known ? facts[color] : null;
  const workload = seen?.workload ?? null;
  return {
    color,
    service: found.pair[color],
    role: color === active ? 'active' : 'preview',
    weight: child === null ? null : child.weight,
    share: sharesOf(found)?.[color] ?? 0,
    images: facts.known ? imagesOf(facts, color) : [],
    revisions: seen?.revisions.map((revision) => revision.name) ?? [],
    readyEndpoints: seen?.readyEndpoints ?? null,
    replicas: workload?.replicas ?? null,
    workload: workload === null ? null : `${workload.kind}/${workload.name}`,
    pods,
    podReasons: reasons,
    unsettled: workload?.unsettled ?? null,
    smokeTest: smokeTestOf(found.object, facts, color, found.pair[color]),
  };
}

function smokeTestOf(object: JsonObject, facts: Facts, color: Color, service: string): ColorReport['smokeTest'] {
  const record = readSmokeTest(object);
  if (record === null || record.color !== color) return { passed: false, by: null, at: null, reason: 'none recorded' };
  const { by, at } = record;
  if (!facts.known) return { passed: true, by, at, reason: null };
  if (facts[color].service?.hasSelector === false) return { passed: true, by, at, reason: null };
  const settled = settledRevision(facts[color], service);
  if ('unsettled' in settled) return { passed: false, by, at, reason: settled.unsettled };
  if (stillRuns(record, settled.revision)) return { passed: true, by, at, reason: null };
  return {
    passed: false,
    by,
    at,
    reason: `passed as ${describe({ name: record.revision, images: record.images })}, which no longer runs`,
  };
}
