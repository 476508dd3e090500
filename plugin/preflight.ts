import { gatherFacts } from '../webhook/facts/gather.ts';
import { decide, explain } from '../webhook/policy/index.ts';
import type { Decision, Facts } from '../webhook/policy/index.ts';
import type { Io } from './io.ts';
import type { Plan } from './plan.ts';
import type { Session } from './session.ts';
import { LENIENT } from './settings.ts';
import type { Found } from './traefikservices.ts';

/** Milliseconds that the cluster has to tell the facts of one release. */
const FACTS_DEADLINE = 10_000;

/** What the cluster says about both colors, now. Never rejects. */
export function askFacts(session: Session, found: Found, io: Io): Promise<Facts> {
  const deadline = AbortSignal.any([AbortSignal.timeout(FACTS_DEADLINE), io.interrupted]);
  return gatherFacts(session.reader, found, deadline);
}

/** The webhook's own policy on the object as the plan leaves it. Nothing is sent. */
export function judge(found: Found, plan: Plan, facts: Facts, io: Io): Decision {
  return decide({
    change: {
      operation: 'UPDATE',
      group: found.group,
      namespace: found.namespace,
      name: found.name,
      object: plan.after,
      oldObject: found.object,
      user: '',
      serverSideApply: false,
    },
    pair: found.pair,
    facts,
    settings: LENIENT,
    at: io.now().toISOString(),
  });
}

/** Every violation on a line of its own, as the webhook words them. */
export function violationLines({ violations }: Pick<Decision, 'violations'>): readonly string[] {
  return violations.map((violation) => `  - ${explain(violation)}`);
}
