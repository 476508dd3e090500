import { endpointsOf } from '../../webhook/facts/revisions.ts';
import type { LabelSelector } from '../../webhook/facts/reader.ts';
import { selectorOf } from '../../webhook/facts/selector.ts';
import { stateOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { isReady } from '../kube/pods.ts';
import { nameOf } from '../../common/objects.ts';
import { stringAt } from '../../common/json-paths.ts';
import type { Session } from '../cli/session.ts';
import type { Found } from '../traefikservice/find.ts';
import type { Labels } from './counts.ts';
import type { PodsLook } from './pods.ts';

/** A switch that is watched: `from` is what production goes back to. */
export interface Release {
  readonly found: Found;
  readonly from: Color;
  readonly to: Color;
}

/** How Traefik's Kubernetes provider names what it makes of the custom resources. */
const PROVIDER = '@kubernetescrd';

/** The labels under which Traefik counts a release. */
export function labelsOf({ namespace, name, pair, object }: Found): Labels {
  const state = stateOf(object, pair);
  const servicesOf = (color: Color): readonly string[] => {
    const base = `${namespace}-${pair[color]}`;
    // A detached color is listed again with the port of the other one.
    const port = state[color]?.port ?? state[color === 'blue' ? 'green' : 'blue']?.port;
    const withPort = typeof port === 'number' || typeof port === 'string' ? [`${base}-${port}${PROVIDER}`] : [];
    return [...withPort, `${base}${PROVIDER}`];
  };
  return {
    colors: { blue: servicesOf('blue'), green: servicesOf('green') },
    release: `${namespace}-${name}${PROVIDER}`,
  };
}

/** What is behind a color's Service. Null where it has no pods of its own to look at. */
export type Backend = { readonly service: string; readonly selector: LabelSelector | null } | null;

/** Finds out once what is behind a color. */
export async function backendOf(
  { reader }: Session,
  { namespace, pair }: Found,
  color: Color,
  signal: AbortSignal,
): Promise<Backend> {
  const service = await reader.getService(namespace, pair[color], signal);
  if (service === null || stringAt(service, 'spec', 'type') === 'ExternalName') return null;
  return { service: pair[color], selector: selectorOf(service) };
}

/** Looks at a color's endpoints and pods. */
export async function lookAtPods(
  { reader }: Session,
  namespace: string,
  { service, selector }: NonNullable<Backend>,
  signal: AbortSignal,
): Promise<PodsLook> {
  const [slices, pods] = await Promise.all([
    reader.listEndpointSlices(namespace, service, signal),
    selector === null ? Promise.resolve<readonly JsonObject[]>([]) : reader.listPods(namespace, selector, signal),
  ]);
  const unready = new Set(pods.filter((pod) => !isReady(pod)).map(nameOf));
  const ready = endpointsOf(slices).filter((endpoint) => endpoint.ready && !unready.has(endpoint.pod ?? ''));
  return { readyEndpoints: ready.length, pods };
}
