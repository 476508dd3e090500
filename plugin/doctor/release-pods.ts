import { COLORS, stateOf } from '../../webhook/policy/index.ts';
import type { Color, Facts } from '../../webhook/policy/index.ts';
import { diagnose } from '../pods/diagnose.ts';
import { podsOf } from '../pods/list.ts';
import { commandLine } from '../traefikservice/names.ts';
import { resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { findingsOf } from './finding.ts';
import type { DoctorContext, DoctorFinding } from './finding.ts';

const { warn, fail, unknown } = findingsOf('release-pods');

/** Colors whose pods are not all ready, and why. `explained`: that production does not answer is a finding already. */
export async function lookAtPods(
  { session, io }: Pick<DoctorContext, 'session' | 'io'>,
  found: TraefikServiceRef,
  facts: Facts,
  explained: boolean,
): Promise<readonly DoctorFinding[]> {
  const label = `${found.namespace}/${resourceName(found)}`;
  if (!facts.known) return [unknown(`${label}: its pods could not be read`, facts.reason)];
  const { active } = stateOf(found.object, found.pair);
  const short = COLORS.filter((color) => isShort(facts, color));
  return Promise.all(
    short.map(async (color) => {
      const { readyEndpoints, workload } = facts[color];
      const isActive = color === active;
      const reasons = await reasonsOf({ session, io }, found, color);
      const many = `${readyEndpoints} of ${workload?.replicas ?? 0} pods of ${color}, the ${isActive ? 'active color' : 'preview'}, are ready`;
      const why = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
      const make = isActive && readyEndpoints === 0 && !explained ? fail : warn;
      return make(`${label}: ${many}${why}`, `To see why: ${commandLine('status', found)}`);
    }),
  );
}

/** Whether a color that is to have pods lacks some of them. */
function isShort(facts: Facts & { readonly known: true }, color: Color): boolean {
  const { workload, readyEndpoints } = facts[color];
  return workload !== null && readyEndpoints < workload.replicas;
}

async function reasonsOf(
  { session, io }: Pick<DoctorContext, 'session' | 'io'>,
  found: TraefikServiceRef,
  color: Color,
): Promise<readonly string[]> {
  try {
    const { pods } = await podsOf(session, found, color, io.interrupted);
    return (await diagnose(session.client, { namespace: found.namespace, pods, owners: [] }, io.interrupted)).lines;
  } catch {
    return [];
  }
}
