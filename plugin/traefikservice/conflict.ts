import { hasStatus } from '../../common/kube/errors.ts';
import { CONFLICT, INVALID } from '../../common/http-status.ts';
import type { JsonObject } from '../../common/json.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import { stateOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import { ageOf } from '../printers/table.ts';
import { resourceName } from './find.ts';
import type { TraefikServiceRef } from './find.ts';

/** Whether a `test` of the patch failed, or the resource version: another client wrote in between. */
export function isConflict(error: unknown): boolean {
  return hasStatus(error, CONFLICT, INVALID);
}

/** What another client changed while this command ran, and which one. `now` is the object as it is by then. */
export function explainConflict(found: TraefikServiceRef, now: JsonObject, at: Date): string {
  const writer = latestWriter(now);
  const who = writer === null ? 'another client' : `"${writer.manager}" (${ageOf(writer.time, at)} ago)`;
  const before = weightsText(found, found.object);
  const after = weightsText(found, now);
  const what =
    before === after
      ? `the weights are still ${after}, something else was changed`
      : `the weights went from ${before} to ${after}`;
  return (
    `${resourceName(found)} was changed by ${who} while this command ran: ${what}. ` +
    `Nothing was switched. Look at it with 'kubectl bluegreen status ${found.name} -n ${found.namespace}' and try again`
  );
}

function weightsText(found: TraefikServiceRef, object: JsonObject): string {
  const state = stateOf(object, found.pair);
  function one(color: Color): string {
    return `${color} ${state[color] === null ? 'not listed' : state[color].weight}`;
  }
  return `${one('blue')} / ${one('green')}`;
}

/** Who wrote last, from the object's managed fields. */
function latestWriter(object: JsonObject): { readonly manager: string; readonly time: string } | null {
  const writers = objectsAt(object, 'metadata', 'managedFields').map((entry) => ({
    manager: stringAt(entry, 'manager') ?? 'unknown',
    time: stringAt(entry, 'time') ?? '',
  }));
  return writers.sort((a, b) => (a.time < b.time ? 1 : -1))[0] ?? null;
}
