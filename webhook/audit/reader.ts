import type { Group } from '../policy/index.ts';
import type { Target } from './inspect.ts';
import type { JsonObject } from '../../common/json.ts';

export interface ToldOfChanges {
  readonly onChange: (target: Target) => void;
  readonly onProblem: (reason: string) => void;
}

/** What the audit asks of a cluster beside the Reader's; rejects with a sentence for a user. */
export interface AuditReader {
  /** The TraefikServices of all namespaces, a page at a time; none where the group is not installed. */
  traefikServices(group: Group, signal: AbortSignal): AsyncIterable<readonly JsonObject[]>;
  /** The IngressRoutes of all namespaces; none where the group is not installed, or the webhook may not list them. */
  ingressRoutes(group: Group, signal: AbortSignal): AsyncIterable<readonly JsonObject[]>;
  /** One TraefikService as it is stored now; null when there is none. */
  traefikService(target: Target, signal: AbortSignal): Promise<JsonObject | null>;
  /**
   * Tells of every TraefikService that is made, changed or deleted until `signal` is aborted, and of what keeps it from
   * telling; an empty reason when it tells again. Never rejects.
   */
  watch(told: ToldOfChanges, signal: AbortSignal): Promise<void>;
  /** Names of the namespaces whose label `bluegreen.dev/mode` has one of these values. */
  namespacesWithMode(modes: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>;
}
