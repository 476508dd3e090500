import { annotation, at } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import { governedAmong } from '../facts/usage.ts';
import type { Grouped } from '../facts/usage.ts';
import { ANNOTATION, collisionsOf, governed, namespacesOf } from '../policy/index.ts';
import type { NamedObject, Pair } from '../policy/index.ts';
import { groupOf } from './guarded-request.ts';
import type { Guarded, Looking } from './guarded-request.ts';
import type { AdmissionRequest } from './types.ts';

/** What a creation or an update of a TraefikService takes of Traefik's names; null when no release needs any of it. */
export async function writtenTraefikService(
  request: AdmissionRequest,
  { traefikServicesIn }: Looking,
): Promise<Guarded | null> {
  const { resource, subResource, namespace, name, object, oldObject } = request;
  const group = resource === 'traefikservices' && subResource === '' ? groupOf(request) : null;
  if (group === null || object === null) return null;
  const written = { group, namespace, object, oldObject, pair: pairOf(object, oldObject) };
  const spaces = await Promise.all(
    namespacesOf(written).map(async (each) => namedIn(each, await traefikServicesIn(each))),
  );
  const others = spaces
    .flat()
    .filter((each) => each.namespace !== namespace || each.group !== group || nameOf(each.object) !== nameOf(object));
  const collisions = collisionsOf(written, others);
  if (collisions.length === 0) return null;
  const override = annotation(object, ANNOTATION.override);
  return {
    request: { kind: 'traefikservice', namespace, name: name || nameOf(object), group, collisions },
    override: override === annotation(oldObject, ANNOTATION.override) ? null : override || null,
  };
}

/** Null for one that is unguarded, too. */
function pairOf(object: JsonObject, oldObject: JsonObject | null): Pair | null {
  const governance = governed({ object, oldObject });
  return governance.kind === 'pair' && !annotation(object, ANNOTATION.unguard) ? governance.pair : null;
}

function namedIn(namespace: string, all: readonly Grouped[]): readonly NamedObject[] {
  const releases = new Map(governedAmong(all).map(({ object, pair }) => [object, pair]));
  return all
    .filter(({ object }) => at(object, 'metadata', 'deletionTimestamp') === undefined)
    .map(({ group, object }) => ({ group, namespace, object, pair: releases.get(object) ?? null }));
}
