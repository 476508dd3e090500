import { ANNOTATION } from '../annotations.ts';
import { newOverride, newRestore, newUnguard } from '../permissions.ts';
import { denial } from './check.ts';
import type { Check, CheckResult, Subject } from './check.ts';

/** Who may write a TraefikService may not yet switch production, or walk around the rules. */
export const permission: Check = {
  id: 'permission',
  description:
    "`bluegreen.dev/override`, `bluegreen.dev/unguard` and `bluegreen.dev/restore` need the RBAC verb `override` on the TraefikService; a promotion needs the verb `promote` where the chart's value `requirePromoteVerb` is true.",
  cel: 'partly',
  needs: 'permissions',
  touched: () => true,
  find: (subject) => {
    const { change, permissions, switched, settings } = subject;
    const needs: CheckResult[] = [];
    if (newOverride(change) !== null)
      needs.push(...missing(subject, 'override', ANNOTATION.override, permissions.override));
    if (newUnguard(change) !== null)
      needs.push(...missing(subject, 'override', ANNOTATION.unguard, permissions.override));
    if (newRestore(change) !== null)
      needs.push(...missing(subject, 'override', ANNOTATION.restore, permissions.override));
    if (switched?.kind === 'promotion' && settings.requirePromoteVerb)
      needs.push(...missing(subject, 'promote', 'a promotion', permissions.promote));
    return needs;
  },
};

function missing(
  { change: { user, namespace, name, group } }: Subject,
  verb: 'promote' | 'override',
  what: string,
  answer: Subject['permissions']['override'],
): readonly CheckResult[] {
  if (answer === 'granted' || answer === 'not asked') return [];
  const why =
    answer === 'denied' ? `${user} does not have it` : 'the API server did not answer whether you have it. Try again';
  const fix =
    answer === 'denied'
      ? `. Ask a user who has it, or grant it: verb ${verb}, resource traefikservices, group ${group}`
      : '';
  const detail = `${what} needs the verb ${verb} on traefikservices ${name} in ${namespace}: ${why}${fix}`;
  return [denial(`the verb ${verb} is missing`, detail)];
}
