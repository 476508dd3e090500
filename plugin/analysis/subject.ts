import { endpointsOf } from '../../webhook/facts/revisions.ts';
import type { LabelSelector } from '../../webhook/facts/reader.ts';
import { selectorOf } from '../../webhook/facts/selector.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { isReady, nameOf } from '../../common/objects.ts';
import { stringAt } from '../../common/json-paths.ts';
import type { Session } from '../cli/session.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import type { PodsObservation } from './pods.ts';

/** A switch that is watched: `from` is what production goes back to. */
export interface AnalyzedSwitch {
  readonly found: TraefikServiceRef;
  readonly from: Color;
  readonly to: Color;
}

/** What is behind a color's Service. Null where it has no pods of its own to look at. */
export type Backend = { readonly service: string; readonly selector: LabelSelector | null } | null;

/** Finds out once what is behind a color. */
export async function backendOf(
  { reader }: Session,
  { namespace, pair }: TraefikServiceRef,
  color: Color,
  signal: AbortSignal,
): Promise<Backend> {
  const service = await reader.getService(namespace, pair[color], signal);
  if (service === null || stringAt(service, 'spec', 'type') === 'ExternalName') return null;
  return { service: pair[color], selector: selectorOf(service) };
}

/** Looks at a color's endpoints and pods. */
export async function observePods(
  { reader }: Session,
  namespace: string,
  { service, selector }: NonNullable<Backend>,
  signal: AbortSignal,
): Promise<PodsObservation> {
  const [slices, pods] = await Promise.all([
    reader.listEndpointSlices(namespace, service, signal),
    selector === null ? Promise.resolve<readonly JsonObject[]>([]) : reader.listPods(namespace, selector, signal),
  ]);
  const unready = new Set(pods.filter((pod) => !isReady(pod)).map(nameOf));
  const ready = endpointsOf(slices).filter((endpoint) => endpoint.ready && !unready.has(endpoint.pod ?? ''));
  return { readyEndpoints: ready.length, pods };
}
