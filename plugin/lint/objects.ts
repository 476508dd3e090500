import { GROUPS } from '../../webhook/policy/index.ts';
import type { Group } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { stringAt } from '../../common/json-paths.ts';
import type { Position } from '../kube/manifests.ts';

export interface LintFinding {
  readonly severity: 'error' | 'warning';
  readonly check: string;
  readonly message: string;
  readonly file: string;
  readonly position: Position;
  /** `NAMESPACE/NAME`; empty for a text that is no YAML. */
  readonly resource: string;
}

/** One line about the object, or about the file where nothing of it could be read. */
export function textOf({ resource, message }: Pick<LintFinding, 'resource' | 'message'>): string {
  return resource === '' ? message : `${resource}: ${message}`;
}

/** `NAMESPACE/NAME` of an object; the fallback is the namespace of the command line. */
export function keyOf(object: JsonObject, fallback: string): string {
  return `${namespaceOf(object, fallback)}/${stringAt(object, 'metadata', 'name') ?? ''}`;
}

export function namespaceOf(object: JsonObject, fallback: string): string {
  return stringAt(object, 'metadata', 'namespace') ?? fallback;
}

/** The API group of a TraefikService; null for anything else. */
export function groupOf(object: JsonObject): Group | null {
  if (object['kind'] !== 'TraefikService') return null;
  const [group] = (stringAt(object, 'apiVersion') ?? '').split('/');
  return GROUPS.find((known) => known === group) ?? null;
}
