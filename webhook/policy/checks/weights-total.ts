import { pluginCommand } from '../commands.ts';
import { effectiveWeight } from '../state.ts';
import { listing, type Check } from './check.ts';
import { weightsTouched } from '../touched.ts';

/** Traefik takes any weights and counts them relatively; two integers that sum to 100 are what a person can check. */
export const weightsTotal: Check = {
  id: 'weights-total',
  rule: 'Weights are integers and sum to 100.',
  cel: 'yes',
  touched: weightsTouched,
  find: (subject) => {
    const { now, change } = subject;
    if (now.children.length === 0) return [];
    const total = now.children.reduce((sum, child) => sum + effectiveWeight(child), 0);
    const integers = now.children.every((child) => child.weight !== 'invalid');
    if (total === 100 && integers) return [];
    const sum = integers ? ` = ${total}, not 100` : ': a weight is an integer, without quotes';
    const command = change.operation === 'CREATE' ? '' : `, or run: ${pluginCommand('promote', change)}`;
    return [
      {
        severity: 'denied',
        reason: integers ? 'weights do not sum to 100' : 'a weight is not an integer',
        detail: `${listing(subject)}${sum}. Set one to 100 and the other to 0${command}`,
      },
    ];
  },
};
