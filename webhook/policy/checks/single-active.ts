import { pluginCommand } from '../commands.ts';
import { colorOf } from '../names.ts';
import { effectiveWeight } from '../state.ts';
import { denial, listing } from './check.ts';
import type { Check } from './check.ts';
import { weightsTouched } from '../touched.ts';

/** Blue-green means that every request gets the same version. */
export const singleActive: Check = {
  id: 'single-active',
  description: 'One color has all of the weight.',
  cel: 'yes',
  needs: 'nothing',
  touched: weightsTouched,
  find: (subject) => {
    const { newState, pair, change } = subject;
    if (newState.children.length === 0 || newState.children.some((child) => child.weight === 'invalid')) return [];
    const full = newState.children.filter(
      (child) => effectiveWeight(child) === 100 && colorOf(pair, child.name) !== null,
    );
    const rest = newState.children.filter((child) => effectiveWeight(child) === 0);
    if (full.length === 1 && full.length + rest.length === newState.children.length) return [];
    const command =
      change.operation === 'CREATE' ? '' : `. To move all traffic at once, run: ${pluginCommand('promote', change)}`;
    return [
      denial('not exactly one color is active', `${listing(subject)}: one color must have 100, the other 0${command}`),
    ];
  },
};
