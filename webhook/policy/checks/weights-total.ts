import { pluginCommand } from '../commands.ts';
import { effectiveWeight } from '../state.ts';
import { denial, listing } from './check.ts';
import type { Check } from './check.ts';
import { weightsTouched } from '../touched.ts';

/** Traefik takes any weights and counts them relatively; two integers that sum to 100 are what a person can check. */
export const weightsTotal: Check = {
  id: 'weights-total',
  description: 'Weights are integers and sum to 100.',
  cel: 'yes',
  needs: 'nothing',
  touched: weightsTouched,
  find: (subject) => {
    const { newState, change } = subject;
    if (newState.children.length === 0) return [];
    const total = newState.children.reduce((sum, child) => sum + effectiveWeight(child), 0);
    const integers = newState.children.every((child) => child.weight !== 'invalid');
    if (total === 100 && integers) return [];
    const sum = integers ? ` = ${total}, not 100` : ': a weight is an integer, without quotes';
    const command = change.operation === 'CREATE' ? '' : `, or run: ${pluginCommand('promote', change)}`;
    return [
      denial(
        integers ? 'weights do not sum to 100' : 'a weight is not an integer',
        `${listing(subject)}${sum}. Set one to 100 and the other to 0${command}`,
      ),
    ];
  },
};
