import type { CheckResult, Rule } from '../checks/check.ts';
import type { Collision } from '../collisions.ts';
import type { PartKind } from '../traefik/parts.ts';
import type { Group, Pair, Settings } from '../types.ts';
import type { NewPart, PartChange, PartUse } from './part-changes.ts';
import type { DirectBackend, Mix, OtherRoute, PreviewRoute, RouteLoss } from './route-changes.ts';
import type { Listing, Needing, NewOwner, Routed, Use, WorkloadAction } from './uses.ts';

/** A request for an object that a governed TraefikService depends on. */
export type GuardedRequest =
  | {
      readonly kind: 'workload';
      /** Its kind. */
      readonly workload: string;
      readonly namespace: string;
      readonly name: string;
      readonly actions: readonly WorkloadAction[];
      /** Of the colors that its pods are behind. */
      readonly uses: readonly Use[];
      /** Of the labels that its pods would get, as far as the ones that they have are not selected there. */
      readonly joins: readonly Use[];
      /** Those of its uses that do not select the labels which its pods would get. */
      readonly leaves: readonly Use[];
    }
  | {
      /** An object gets owners, of which none is seen to exist. */
      readonly kind: 'owners';
      readonly namespace: string;
      /** Kind of the object. */
      readonly object: string;
      readonly name: string;
      readonly owners: readonly NewOwner[];
      /** The TraefikServices that need the object. */
      readonly neededBy: readonly Needing[];
    }
  | {
      readonly kind: 'service';
      readonly namespace: string;
      readonly name: string;
      readonly deleted: boolean;
      readonly selectorChanged: boolean;
      /** The name outside of the cluster that the request makes the Service stand for; null when it sets no new one. */
      readonly turnedExternal: string | null;
      /** Whether the request adds `publishNotReadyAddresses`. */
      readonly publishesUnready: boolean;
      readonly listings: readonly Listing[];
      readonly uses: readonly Use[];
    }
  | {
      readonly kind: 'traefikservice';
      readonly namespace: string;
      readonly name: string;
      readonly group: Group;
      /** What Traefik would store in the place of something else. */
      readonly collisions: readonly Collision[];
    }
  | {
      readonly kind: 'traefikservice-deletion';
      readonly namespace: string;
      readonly name: string;
      readonly group: Group;
      /** Names of the IngressRoutes that point at it. */
      readonly routes: readonly string[];
      /** It is there still, without the labels of Traefik's `labelSelector`; null for a deletion. */
      readonly unseenBy: string | null;
    }
  | {
      readonly kind: 'traefikservice-update';
      readonly namespace: string;
      readonly name: string;
      /** What no IngressRoute leads to any more, and how this one stops to do so. */
      readonly leaves: readonly Routed[];
      readonly loss: RouteLoss | null;
      readonly mixes: readonly Mix[];
    }
  | {
      readonly kind: 'ingressroute';
      readonly namespace: string;
      readonly name: string;
      /** Service names of each route that this request adds or changes. */
      readonly routes: readonly (readonly string[])[];
      /** Pairs of the governed TraefikServices in its namespace. */
      readonly pairs: readonly Pair[];
      /** What no other IngressRoute leads to, and how this one stops to do so. */
      readonly leaves: readonly Routed[];
      readonly loss: RouteLoss | null;
      readonly mixes: readonly Mix[];
      readonly previews: readonly PreviewRoute[];
      readonly parts: readonly NewPart[];
    }
  | {
      readonly kind: 'other-route';
      readonly route: OtherRoute;
      readonly namespace: string;
      readonly name: string;
      /** The backends of each rule that this request adds or changes. */
      readonly rules: readonly (readonly DirectBackend[])[];
      /** Pairs of the governed TraefikServices in its namespace. */
      readonly pairs: readonly Pair[];
    }
  | {
      readonly kind: 'part';
      /** A Service where a Middleware needs it. */
      readonly part: PartKind | 'Service';
      readonly namespace: string;
      readonly name: string;
      readonly change: PartChange;
      readonly uses: readonly PartUse[];
    };

export type RouteRequest = GuardedRequest & { readonly kind: 'ingressroute' };
export type FrontRequest = GuardedRequest & { readonly kind: 'traefikservice-update' };
export type PartRequest = GuardedRequest & { readonly kind: 'part' };

export interface GuardSubject {
  readonly request: GuardedRequest;
  readonly settings: Settings;
}

/** A named rule about what stands around a TraefikService. */
export interface Guard extends Rule {
  find(subject: GuardSubject): readonly CheckResult[];
}
