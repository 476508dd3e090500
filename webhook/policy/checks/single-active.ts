import { pluginCommand } from '../commands.ts';
import { colorOf } from '../names.ts';
import { effectiveWeight } from '../state.ts';
import { listing, type Check } from './check.ts';
import { weightsTouched } from '../touched.ts';

/** Blue-green means that every request gets the same version. */
export const singleActive: Check = {
  id: 'single-active',
  rule: 'One color has all of the weight.',
  cel: 'yes',
  touched: weightsTouched,
  find: (subject) => {
    const { now, pair, change } = subject;
    if (now.children.length === 0 || now.children.some((child) => child.weight === 'invalid')) return [];
    const full = now.children.filter((child) => effectiveWeight(child) === 100 && colorOf(pair, child.name) !== null);
    const rest = now.children.filter((child) => effectiveWeight(child) === 0);
    if (full.length === 1 && full.length + rest.length === now.children.length) return [];
    const command =
      change.operation === 'CREATE' ? '' : `. Traffic moves at once by: ${pluginCommand('promote', change)}`;
    return [
      {
        severity: 'denied',
        reason: 'not exactly one color is active',
        detail: `${listing(subject)}: one color takes 100, the other 0${command}`,
      },
    ];
  },
};
