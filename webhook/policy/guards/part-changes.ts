import type { Flaw } from '../traefik/flaw.ts';
import type { Required } from '../traefik/part-flaws.ts';
import type { PartKind } from '../traefik/parts.ts';
import type { Beyond } from './route-changes.ts';
import type { Routed } from './uses.ts';

/** Why Traefik makes nothing of a Middleware, TLSOption or ServersTransport. */
export type PartTrouble =
  | { readonly how: 'flawed'; readonly flaw: Flaw }
  /** Something that it needs does not exist; or the webhook may not read whether it does. */
  | { readonly how: 'lacking'; readonly required: Required; readonly seen: 'gone' | 'unreadable' };

/** What a changed rule names anew for a governed TraefikService whose active color answers, and why that is no good. */
export interface NewPart extends Routed {
  readonly part: PartKind;
  /** As it is written. */
  readonly written: string;
  readonly trouble:
    | PartTrouble
    | { readonly how: 'absent' }
    /** What is there is not known; `namespaced` where the reference says its own namespace, too. */
    | { readonly how: 'beyond'; readonly beyond: Beyond; readonly namespaced: boolean };
}

/** What a request does to a Middleware, TLSOption or ServersTransport. */
export type PartChange =
  | { readonly how: 'deleted' }
  | { readonly how: 'other labels'; readonly labelSelector: string }
  | PartTrouble;

/** A governed TraefikService that needs such an object, and what names it, as in `IngressRoute shop`. */
export interface PartUse extends Routed {
  readonly by: string;
  /** Whether it is no route, or one with a certificate of its own. */
  readonly certified: boolean;
}
