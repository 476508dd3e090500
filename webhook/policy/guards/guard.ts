import type { CheckResult, Rule } from '../checks/check.ts';
import type { Child } from '../state.ts';
import type { Color, Group, Pair, ServicePort, Settings } from '../types.ts';

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

/** A port of a Service, and the port of the pods that it leads to. */
export interface TargetedPort extends ServicePort {
  readonly target: string | number;
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
      readonly neededBy: readonly TraefikServiceName[];
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
      /** Ports before and after the request. */
      readonly portsBefore: readonly TargetedPort[];
      readonly ports: readonly TargetedPort[];
      readonly uses: readonly Use[];
    }
  | {
      readonly kind: 'traefikservice-deletion';
      readonly namespace: string;
      readonly name: string;
      readonly group: Group;
      /** Names of the IngressRoutes that point at it. */
      readonly routes: readonly string[];
    }
  | {
      readonly kind: 'ingressroute-deletion';
      readonly namespace: string;
      readonly name: string;
      /** What no other IngressRoute points at. */
      readonly leaves: readonly Routed[];
    }
  | {
      readonly kind: 'ingressroute';
      readonly namespace: string;
      readonly name: string;
      /** Service names of each route that this request adds or changes. */
      readonly routes: readonly (readonly string[])[];
      /** Pairs of the governed TraefikServices in its namespace. */
      readonly pairs: readonly Pair[];
    };

export interface GuardSubject {
  readonly request: GuardedRequest;
  readonly settings: Settings;
}

/** A named rule about what stands around a TraefikService. */
export interface Guard extends Rule {
  find(subject: GuardSubject): readonly CheckResult[];
}
