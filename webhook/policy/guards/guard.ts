import type { CheckResult, Rule } from '../checks/check.ts';
import type { Collision } from '../collisions.ts';
import type { Child } from '../state.ts';
import type { Flaw } from '../traefik/flaw.ts';
import type { Required } from '../traefik/part-flaws.ts';
import type { PartKind } from '../traefik/parts.ts';
import type { TakenPort } from '../traefik/listed-port.ts';
import type { Color, Group, Pair, Settings } from '../types.ts';

/** One governed TraefikService, and the color in it that a guarded object stands for. */
export interface Use {
  readonly group: Group;
  readonly traefikService: string;
  readonly color: Color;
  /** Service name of the color. */
  readonly service: string;
  /** Service name of the other color. */
  readonly other: string;
  /** Null when the color is detached: not in the list. */
  readonly child: Child | null;
  readonly active: boolean;
}

/** A governed TraefikService whose active color answers. */
export interface Routed {
  readonly group: Group;
  readonly traefikService: string;
  /** Service name of the active color. */
  readonly service: string;
}

/** What a request does to a workload that matters to the traffic it carries. */
export type WorkloadAction =
  | 'delete'
  | 'scale to 0'
  | 'change images'
  | 'change pod labels'
  /** A Service of its color leads to a port by its name, which the pods will not have, or have for another one. */
  | 'change port names'
  /** Of a DaemonSet: those where its pods run. */
  | 'change nodes'
  /** Of a StatefulSet: the numbers of its pods, so that none of them stays. */
  | 'change ordinals'
  /** A rollout that was held back, with other images, pod labels or port names than those that run. */
  | 'resume'
  /** Another template, with an update strategy that may leave no ready pod for a while. */
  | 'replace all pods at once';

/** An owner that a request gives an object. */
export interface NewOwner {
  /** `ConfigMap parent` */
  readonly name: string;
  /** It does not exist; or the webhook may not read its kind. */
  readonly seen: 'gone' | 'unreadable';
}

/** A governed TraefikService in the namespace of the request. */
export interface TraefikServiceName {
  readonly group: Group;
  readonly traefikService: string;
}

/** One that needs an object. */
export interface Needing extends TraefikServiceName {
  /** Only its listed preview does: without it Traefik drops the TraefikService while allowEmptyServices=false. */
  readonly preview: boolean;
}

/** An entry for a Service in a governed TraefikService, and what a change of the Service means to Traefik there. */
export interface Listing {
  readonly use: Use;
  /** The port of the entry; null for one without. */
  readonly wanted: string | number | null;
  /** The ports of the Service that Traefik takes for it before and after the request; null where there is none. */
  readonly before: TakenPort | null;
  readonly after: TakenPort | null;
  /** Whether Traefik begins to speak https there. */
  readonly turnedHttps: boolean;
  /** `nativeLB` of the entry, null where it leaves that to Traefik's setting; and whether the Service loses its address. */
  readonly native: boolean | null;
  readonly headless: boolean;
  /** Whether its port leads to another port of the pods. */
  readonly elsewhere: boolean;
  /** Whether Traefik has servers of it now, and would have none, be it for a moment. */
  readonly emptied: boolean;
}

/** How an IngressRoute, or a TraefikService in front of others, stops to lead to a governed one. */
export type RouteLoss =
  | { readonly how: 'deleted' }
  | { readonly how: 'emptied' }
  | { readonly how: 'another class'; readonly className: string }
  /** Traefik reads only objects that its `labelSelector` selects. */
  | { readonly how: 'other labels'; readonly labelSelector: string }
  /** Of a TraefikService: it leads back to itself. */
  | { readonly how: 'circle' }
  /** It hangs under others that do not lead to it; one of these may not exist. */
  | { readonly how: 'hung'; readonly parents: readonly string[]; readonly missing: string | null }
  /** It hangs under one that led there until then: a parent answers nothing by itself. */
  | { readonly how: 'adopted'; readonly parents: readonly string[] }
  /** It leads to a backend that does not exist; or that does where Traefik is set to look beyond the namespace. */
  | { readonly how: 'nothing there'; readonly backend: string; readonly beyond: Beyond | null };

/** Where a backend is that the namespace does not show: in another one, or in another provider of Traefik. */
export type Beyond = { readonly namespace: string } | { readonly provider: string };

/** A rule, or a TraefikService in front, that sends requests to a governed TraefikService and to another backend. */
export interface Mix {
  readonly group: Group;
  readonly traefikService: string;
  readonly beside: string;
}

/** A rule that led to a governed TraefikService, and leads to the Service of its preview. */
export interface PreviewRoute extends TraefikServiceName {
  readonly preview: string;
}

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

/** Routes that lead to Services and to no TraefikService. */
export type OtherRoute = 'IngressRouteTCP' | 'IngressRouteUDP' | 'HTTPRoute';

/** A Service that a route lists, and whether it gets any of its traffic. */
export interface DirectBackend {
  readonly name: string;
  readonly receives: boolean;
}

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

export interface GuardSubject {
  readonly request: GuardedRequest;
  readonly settings: Settings;
}

/** A named rule about what stands around a TraefikService. */
export interface Guard extends Rule {
  find(subject: GuardSubject): readonly CheckResult[];
}
