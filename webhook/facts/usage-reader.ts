import type { Group } from '../policy/index.ts';
import type { JsonObject } from '../../common/json.ts';

/** What the guards ask of a cluster beside the Reader's; the same rules apply. A group that is not installed has no items. */
export interface UsageReader {
  listTraefikServices(group: Group, namespace: string, signal: AbortSignal): Promise<readonly JsonObject[]>;
  listIngressRoutes(group: Group, namespace: string, signal: AbortSignal): Promise<readonly JsonObject[]>;
  listServices(namespace: string, signal: AbortSignal): Promise<readonly JsonObject[]>;
  getNamespace(name: string, signal: AbortSignal): Promise<JsonObject | null>;
}
