import { explain, otherColor, previousOf, stateOf } from '../../webhook/policy/index.ts';
import type { Color, Facts } from '../../webhook/policy/index.ts';
import type { Io } from '../cli/io.ts';
import type { Session } from '../cli/session.ts';
import { planRollback } from '../switch/back.ts';
import { judge } from '../switch/preflight.ts';
import { withAdvice } from '../switch/unrecorded.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { whyNoRollback } from '../traefikservice/names.ts';
import { planSwitch } from '../traefikservice/patches.ts';
import { servesAlone } from '../traefikservice/shares.ts';
import type { Unrecorded } from '../webhook/unrecorded.ts';

/** Whether a switch is possible now, and every reason why not. */
export interface Possibility {
  /** Null where no color is active, or none was before. */
  readonly to: Color | null;
  readonly possible: boolean;
  readonly reasons: readonly string[];
}

/** Why nothing is recorded in a namespace. */
export type WhyUnrecorded = (namespace: string) => Promise<Unrecorded | null>;

export async function promotion(
  session: Session,
  found: TraefikServiceRef,
  facts: Facts,
  { io, why }: { readonly io: Io; readonly why: WhyUnrecorded | undefined },
): Promise<Possibility> {
  const { active } = stateOf(found.object, found.pair);
  if (active === null) return { to: null, possible: false, reasons: ['no color is listed'] };
  const to = otherColor(active);
  const plan = planSwitch(found.object, found.pair, to, true);
  if (plan === null) return { to, possible: false, reasons: ['no color is listed'] };
  const decision = await withAdvice(session, found, judge(found, plan, facts, io), io, why);
  const reasons = decision.findings.map((finding) => `${finding.check}: ${finding.detail}`);
  if (decision.switched?.kind === 'rollback') {
    return {
      to,
      possible: false,
      reasons: [`${to} still runs the version that ${active} replaced: deploy something new to it first`],
    };
  }
  return { to, possible: reasons.length === 0, reasons };
}

export function rollback(found: TraefikServiceRef, facts: Facts, io: Io): Possibility {
  const to = previousOf(found.object);
  if (to === null) return { to, possible: false, reasons: [whyNoRollback(found) ?? 'nothing is recorded'] };
  if (servesAlone(found, to)) return { to, possible: false, reasons: [`${to} is active already`] };
  const plan = planRollback(found, to);
  if (plan === null) return { to, possible: false, reasons: ['no color is listed'] };
  const scaledDown = facts.known && facts[to].readyEndpoints === 0;
  const curable: string = 'ready-endpoints';
  const decision = judge(found, plan, facts, io);
  const findings = decision.findings
    // The command brings it back first.
    .filter((finding) => !(scaledDown && finding.check === curable))
    .map((finding) => `${finding.check}: ${finding.detail}`);
  const warnings = decision.warnings.filter(({ check }) => check === 'smoke-test').map(explain);
  const slow = scaledDown ? [`${found.pair[to]} is scaled down: it is scaled up and waited for first`] : [];
  return { to, possible: findings.length === 0, reasons: [...findings, ...warnings, ...slow] };
}
