import type { Reader } from '../facts/reader.ts';
import type { Governed, Grouped } from '../facts/usage.ts';
import type { UsageReader } from '../facts/usage-reader.ts';
import { at, text } from '../../common/json.ts';
import { GROUPS } from '../policy/index.ts';
import type { Group, GuardedRequest, Sight } from '../policy/index.ts';
import type { AdmissionRequest } from './types.ts';

/** A guarded request with what speaks for it on the live objects. */
export interface Guarded {
  readonly request: GuardedRequest;
  /** The reason in `bluegreen.dev/override` on the object or, where the request carries none, on the active one. */
  readonly override: string | null;
}

export type GuardReader = Reader & UsageReader;

/** A reader, and the TraefikServices, which are read once a request, however many guards ask for them. */
export interface Looking {
  readonly reader: GuardReader;
  readonly sight: Sight;
  /** Those of a namespace, of both groups. */
  readonly traefikServicesIn: (namespace: string) => Promise<readonly Grouped[]>;
  /** The governed ones of the request's namespace. */
  readonly governedHere: () => Promise<readonly Governed[]>;
}

/** A request for many objects (`kubectl delete --all`) carries no name of its own. */
export function nameOf({ name, object, oldObject }: AdmissionRequest): string {
  return name || (text(at(oldObject ?? object, 'metadata', 'name')) ?? '');
}

/** The group of a request for one of Traefik's objects; null for any other. */
export function groupOf({ group }: AdmissionRequest): Group | null {
  return GROUPS.find((known) => known === group) ?? null;
}
