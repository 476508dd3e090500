import type { CheckId, Group, Operation, Switch } from '../policy/index.ts';
import type { PatchOperation } from '../../common/json-patch.ts';
import type { JsonObject } from '../../common/json.ts';

/** The parts of an `admission.k8s.io/v1` AdmissionRequest that are used, after `parseReview` has checked their types. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: Operation | 'CONNECT';
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** Empty when the request is for the object itself. */
  readonly subResource: string;
  readonly namespace: string;
  readonly name: string;
  readonly user: {
    readonly name: string;
    readonly uid: string;
    readonly groups: readonly string[];
    readonly extra: JsonObject;
  };
  readonly object: JsonObject | null;
  readonly oldObject: JsonObject | null;
  readonly options: JsonObject | null;
  readonly dryRun: boolean;
}

/** A TraefikService in the namespace of the request. */
export interface TraefikServiceRef {
  readonly group: Group;
  /** Empty for a creation by generateName. */
  readonly name: string;
}

/** What every answer can carry beside its verdict. */
interface Remarks {
  /** Shown by kubectl, each at most 256 characters. */
  readonly warnings: readonly string[];
  /** The switch that the request makes; null for one that moves no traffic. */
  readonly switched: Switch | null;
  /** Checks that found a finding, whatever came of it: a denial, a mode that lets it pass, or an override. */
  readonly checks: readonly CheckId[];
  /** The reason of the override that let the request pass; null where nothing had to be broken. */
  readonly override: string | null;
  /** The governed TraefikServices that the request is about. */
  readonly about: readonly TraefikServiceRef[];
  /** The time (RFC 3339) of what the request adds to the history in the record; null when it adds nothing. */
  readonly recordedAt: string | null;
  /** Keys without prefix; the API server puts the webhook's name in front. */
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

/**
 * The four answers of an admission handler. `retryAfterSeconds` stands where asking again helps: clients of client-go,
 * kubectl among them, then do so by themselves.
 */
export type Answer =
  | (Remarks & { readonly verdict: 'allowed' })
  | (Remarks & { readonly verdict: 'patched'; readonly patch: readonly PatchOperation[] })
  | (Remarks & {
      readonly verdict: 'denied';
      readonly message: string;
      readonly reason: 'Forbidden' | 'Invalid';
      readonly retryAfterSeconds?: number;
    })
  | (Remarks & {
      readonly verdict: 'errored';
      readonly message: string;
      readonly code: number;
      readonly retryAfterSeconds?: number;
    });

/** What one webhook answers, without HTTP. Look-ups end in time for an answer within the webhook's time-out. */
export type Handler = (request: AdmissionRequest) => Promise<Answer>;
