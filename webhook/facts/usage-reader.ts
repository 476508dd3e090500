import type { Group } from '../policy/index.ts';
import type { JsonObject } from '../../common/json.ts';

/** The fields of `metadata.ownerReferences` that name an object. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** What the guards ask of a cluster beside the Reader's; the same rules apply. A group that is not installed has no items. */
export interface UsageReader {
  listTraefikServices(group: Group, namespace: string, signal: AbortSignal): Promise<readonly JsonObject[]>;
  /** Of a namespace, or of all with null. */
  peekTraefikServices(group: Group, namespace: string | null, signal: AbortSignal): Promise<readonly JsonObject[]>;
  /** Of a namespace, or of all with null. */
  listIngressRoutes(group: Group, namespace: string | null, signal: AbortSignal): Promise<readonly JsonObject[]>;
  listServices(namespace: string, signal: AbortSignal): Promise<readonly JsonObject[]>;
  getNamespace(name: string, signal: AbortSignal): Promise<JsonObject | null>;
  /** Whether what an owner reference in a namespace names exists; of a kind that may not be read, that is not known. */
  seeOwner(namespace: string, reference: OwnerReference, signal: AbortSignal): Promise<'there' | 'gone' | 'unreadable'>;
  /** The same of a Secret. */
  seeSecret(namespace: string, name: string, signal: AbortSignal): Promise<'there' | 'gone' | 'unreadable'>;
}
