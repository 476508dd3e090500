import { pluginCommand } from '../commands.ts';
import type { Neighbor } from '../types.ts';
import { warning } from './check.ts';
import type { Check, Subject } from './check.ts';

/**
 * A switch moves one TraefikService. Where another one sends requests to the same Services, its users stay with the other
 * version: on purpose for a preview host, and only half a release for a second production host.
 */
export const sharedColor: Check = {
  id: 'shared-color',
  description:
    'Another TraefikService of the namespace sends requests to the same color differently: a warning (a preview host does this rightly).',
  cel: 'no',
  needs: 'neighbors',
  touched: () => true,
  find: (subject) => {
    const { neighbors, newState } = subject;
    if (!neighbors.known)
      return [
        warning(
          'neighbors could not be read',
          `whether another TraefikService sends requests to the same colors could not be read (${neighbors.reason})`,
        ),
      ];
    const others = neighbors.those.filter(({ sendsTo }) => sendsTo.some((color) => color !== newState.active));
    const [first] = others;
    return newState.active === null || first === undefined
      ? []
      : [warning('another TraefikService sends to the other color', describeNeighbors(subject, others, first))];
  },
};

function describeNeighbors(
  { pair, newState, change, switched }: Subject,
  others: readonly Neighbor[],
  first: Neighbor,
): string {
  const more = others.length === 1 ? '' : ` and ${others.length - 1} more`;
  const group = first.group === change.group ? '' : ` (${first.group})`;
  const to = first.sendsTo.map((color) => pair[color]).join(' and ');
  const here = newState.active === null ? 'neither color' : pair[newState.active];
  const verb = others.length === 1 ? 'sends' : 'send';
  const what = `TraefikService ${first.name}${group}${more} ${verb} requests to ${to}, this one to ${here}`;
  const movable = others.find(
    ({ switchable, sendsTo }) => switchable && sendsTo.some((color) => color !== newState.active),
  );
  if (switched === null || switched.from === null || movable === undefined)
    return `${what}. Right for a preview host, wrong for production`;
  const command = pluginCommand(switched.kind === 'rollback' ? 'rollback' : 'promote', {
    ...change,
    name: movable.name,
  });
  return `${what}: a switch moves only one. Right for a preview host; to move it, too: ${command}`;
}
