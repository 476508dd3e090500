import type { JsonObject } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import { referenceOf, resolve, rulesOf } from '../../webhook/policy/index.ts';

/** A backend of an IngressRoute that does not exist in its namespace. */
export interface DeadEnd {
  readonly kind: 'Service' | 'TraefikService';
  readonly name: string;
  /** Whether a TraefikService has the name that is written for a Service: its kind was forgotten. */
  readonly forgotten: boolean;
}

/** What exists in the namespace of an IngressRoute. */
export interface Around {
  readonly services: readonly JsonObject[];
  readonly traefikServices: readonly JsonObject[];
}

/**
 * The backends of an IngressRoute that its namespace does not have, each once. What stands in another namespace or belongs
 * to another provider, and the key of a port as the name of a TraefikService, are not judged.
 */
export function deadEndsOf(
  route: JsonObject,
  namespace: string,
  { services, traefikServices }: Around,
): readonly DeadEnd[] {
  const names = { Service: new Set(services.map(nameOf)), TraefikService: new Set(traefikServices.map(nameOf)) };
  const found = new Map<string, DeadEnd>();
  for (const { services: entries } of rulesOf(route)) {
    for (const entry of entries) {
      const target = resolve(referenceOf(entry), namespace);
      if (target.kind !== 'Service' && target.kind !== 'TraefikService') continue;
      const { kind, name } = target;
      if (target.namespace !== namespace || name === '' || names[kind].has(name)) continue;
      if (kind === 'TraefikService' && /-\d+$/.test(name)) continue;
      const forgotten = kind === 'Service' && names.TraefikService.has(name);
      found.set(`${kind}/${name}`, { kind, name, forgotten });
    }
  }
  return [...found.values()];
}

/** What is wrong and how to mend it, a sentence each. */
export function deadEndText({ kind, name, forgotten }: DeadEnd): { readonly what: string; readonly fix: string } {
  if (forgotten)
    return {
      what: `names Service ${name}, which does not exist; a TraefikService ${name} does`,
      fix: 'Write kind: TraefikService',
    };
  return {
    what: `names ${kind} ${name}, which does not exist: Traefik answers 404`,
    fix: 'Create it, or correct the name',
  };
}
