import { DOCS_URL } from '../../common/docs.ts';
import type { JsonObject } from '../../common/json.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import { objectAt, stringAt } from '../../common/json-paths.ts';
import { MODE_LABEL } from '../../webhook/policy/index.ts';
import { endpointsOf } from '../../webhook/facts/revisions.ts';
import { labelsAt } from '../../webhook/facts/selector.ts';
import type { Io } from '../cli/io.ts';
import type { Session } from '../cli/session.ts';
import { entriesOf, isRecorder, readConfigurations } from './configurations.ts';
import { selects } from './label-selector.ts';

/** Why no webhook records smoke tests and switches in a namespace. */
export interface Unrecorded {
  /** Ends a sentence. */
  readonly why: string;
  /** What changes that, as an imperative without a period. */
  readonly fix: string;
}

/** Milliseconds for all of it: a message is better with it and does not need it. */
const DEADLINE = 2000;

/**
 * Reads why nothing is recorded in a namespace: no webhook is installed, the mode of the namespace is `off`, it is excluded,
 * or no replica of the webhook is ready. Null where a webhook records, and where that cannot be read. Never rejects.
 */
export async function whyUnrecorded(session: Session, namespace: string, io: Io): Promise<Unrecorded | null> {
  const signal = AbortSignal.any([AbortSignal.timeout(DEADLINE), io.interrupted]);
  const { client } = session;
  const [labels, configurations] = await Promise.all([
    client
      .get(resourcePath('v1', 'namespaces', { name: namespace }), { signal })
      .then((object) => labelsAt(object, 'metadata', 'labels'))
      .catch(() => null),
    readConfigurations(client, 'mutating', signal).catch(() => null),
  ]);
  if (configurations?.length === 0)
    return { why: 'bluegreen is not installed in this cluster', fix: `Install its chart (${DOCS_URL}/first-day.md)` };
  const recorders = configurations?.flatMap(entriesOf).filter(isRecorder) ?? null;
  const looking = recorders?.filter((entry) => labels === null || selects(entry, 'namespaceSelector', labels)) ?? null;
  const off = labels?.[MODE_LABEL] === 'off';
  if (off || looking?.length === 0) {
    const guarded = { ...labels, [MODE_LABEL]: 'enforce' };
    const excluded = recorders?.every((entry) => !selects(entry, 'namespaceSelector', guarded)) ?? false;
    return unlooked(namespace, excluded ? 'excluded' : off ? 'off' : 'off by default');
  }
  return looking === null ? null : unready(session, looking, signal);
}

function unlooked(namespace: string, kind: 'excluded' | 'off' | 'off by default'): Unrecorded {
  if (kind === 'excluded')
    return {
      why: `the chart's value excludedNamespaces has namespace ${namespace}`,
      fix: 'Remove it from that value',
    };
  return {
    why: `namespace ${namespace} has the mode off (${kind === 'off' ? `label ${MODE_LABEL}` : "the chart's value mode"})`,
    fix: `Guard it with 'kubectl label namespace ${namespace} --overwrite ${MODE_LABEL}=enforce'`,
  };
}

async function unready(
  { reader }: Session,
  recorders: readonly JsonObject[],
  signal: AbortSignal,
): Promise<Unrecorded | null> {
  const service = objectAt(recorders[0], 'clientConfig', 'service');
  const namespace = stringAt(service, 'namespace');
  const name = stringAt(service, 'name');
  if (namespace === undefined || name === undefined) return null;
  const slices = await reader.listEndpointSlices(namespace, name, signal).catch(() => null);
  if (slices === null || endpointsOf(slices).some(({ ready }) => ready)) return null;
  return {
    why: `no replica of the webhook is ready (Service ${name} in namespace ${namespace})`,
    fix: `Look at its pods with 'kubectl get pods -n ${namespace}'`,
  };
}
