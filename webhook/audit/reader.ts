import type { Group } from '../policy/index.ts';
import type { JsonObject } from '../../common/json.ts';

/** What the audit asks of a cluster beside the Reader's; rejects with a sentence for a user. */
export interface AuditReader {
  /** The TraefikServices of all namespaces, a page at a time; none where the group is not installed. */
  traefikServices(group: Group, signal: AbortSignal): AsyncIterable<readonly JsonObject[]>;
  /** Names of the namespaces whose label `bluegreen.dev/mode` has one of these values. */
  namespacesWithMode(modes: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>;
}
