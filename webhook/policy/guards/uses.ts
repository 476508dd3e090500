import type { Child } from '../state.ts';
import type { TakenPort } from '../traefik/listed-port.ts';
import type { Color, Group } from '../types.ts';

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
