import type { JsonObject } from '../../common/json.ts';
import type { TraefikSettings } from './traefik/settings.ts';

/**
 * The policy's vocabulary: plain data in, plain data out. Nothing in this folder does I/O or reads a clock.
 */

export const COLORS = ['blue', 'green'] as const;
export type Color = (typeof COLORS)[number];

/** The names of the two child Services, one a color. */
export type Pair = Readonly<Record<Color, string>>;

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

export const GROUPS = ['traefik.io', 'traefik.containo.us'] as const;
export type Group = (typeof GROUPS)[number];

/** How a namespace is guarded, from its label `bluegreen.dev/mode`. */
export const MODES = ['enforce', 'warn', 'audit'] as const;
export type Mode = (typeof MODES)[number];

/** One write to a TraefikService, as the API server describes it. `null` where there is no such object. */
export interface Change {
  readonly operation: Operation;
  readonly group: Group;
  readonly namespace: string;
  /** The name as a user would type it; empty for a creation by generateName. */
  readonly name: string;
  readonly object: JsonObject | null;
  readonly oldObject: JsonObject | null;
  /** Who asks, as the API server authenticated them; empty where no API server was asked, as in a preflight. */
  readonly user: string;
  /** True when the smoke-test annotation comes from a server-side apply, where a manifest and not a person speaks. */
  readonly serverSideApply: boolean;
}

/** What runs behind a color: pods of one template. */
export interface Revision {
  /** The pod-template-hash, or the controller-revision-hash of a StatefulSet. */
  readonly name: string;
  /** Image references of all containers, init containers included, sorted, each once. */
  readonly images: readonly string[];
  /** Resolved image ids (`repo@sha256:…`) that the kubelet reported, sorted, each once. */
  readonly imageIDs: readonly string[];
}

/** The controller of a color's pods. */
export interface Workload {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet';
  readonly name: string;
  /** Images of its pod template, sorted, each once: what a scaled-down color would run. */
  readonly images: readonly string[];
  /** Replicas asked for. */
  readonly replicas: number;
  /** Null when the rollout is complete; otherwise what it waits for, in words that finish "the Deployment green …". */
  readonly unsettled: string | null;
}

export interface ServicePort {
  readonly name: string | null;
  readonly port: number;
  /** What its author says is spoken there; null or left out where nobody says. */
  readonly appProtocol?: string | null;
}

export interface ServiceFacts {
  readonly ports: readonly ServicePort[];
  /** False for a Service whose endpoints are kept by hand. */
  readonly hasSelector: boolean;
  /** Type ExternalName: it has no endpoints of its own. */
  readonly external: boolean;
  /** Without an IP address of the cluster. */
  readonly headless: boolean;
  /** Type NodePort. */
  readonly nodePort: boolean;
}

/** What the cluster says about one color. */
export interface ColorFacts {
  /** Null when the Service does not exist. */
  readonly service: ServiceFacts | null;
  /** Number of endpoints that are ready and not terminating. */
  readonly readyEndpoints: number;
  /** Number of addresses that Traefik sends requests to and that are not terminating, by the name of their port or ''. */
  readonly servers: Readonly<Record<string, number>>;
  /** Distinct revisions among all endpoints that are not terminating. */
  readonly revisions: readonly Revision[];
  readonly workload: Workload | null;
}

/** Traefik's own kinds that an entry can name. */
export const NAMED_KINDS = ['ServersTransport', 'Middleware'] as const;
export type NamedKind = (typeof NAMED_KINDS)[number];

/** The names of such objects in the namespace; null where they were not asked for or could not be read. */
export type Named = Readonly<Record<NamedKind, readonly string[] | null>>;

/** What the cluster says about both colors, or why that could not be read. */
export type Facts =
  | {
      readonly known: true;
      readonly blue: ColorFacts;
      readonly green: ColorFacts;
      /** Traefik's own objects of the namespace. */
      readonly named: Named;
      /** Why both colors have the same pods, in words that begin a sentence; null when they have none in common. */
      readonly samePods: string | null;
    }
  | { readonly known: false; readonly reason: string };

/** Another TraefikService of the same namespace that sends requests to one of the colors. */
export interface Neighbor {
  readonly group: Group;
  readonly name: string;
  readonly sendsTo: readonly Color[];
  /** Whether it lists both colors, so that it can be switched, too. */
  readonly switchable: boolean;
}

/** All of them, or why they could not be read. */
export type Neighbors =
  | { readonly known: true; readonly those: readonly Neighbor[] }
  | { readonly known: false; readonly reason: string };

export const CHECK_IDS = [
  'weights-total',
  'single-active',
  'known-colors',
  'weighted-only',
  'smoke-test',
  'ready-endpoints',
  'backends-exist',
  'entry-options',
  'distinct-pods',
  'shared-color',
  'frozen',
  'permission',
  'record',
  'annotations',
  'active-workload',
  'preview-workload',
  'owners-exist',
  'active-service',
  'active-route',
  'distinct-names',
  'inline-weights',
] as const;
export type CheckId = (typeof CHECK_IDS)[number];

/** What a check or a finding rests on beside the object of the request. */
export type Need = 'nothing' | 'stored object' | 'permissions' | 'neighbors' | 'facts';

/** The finding of a check. */
export interface Finding {
  readonly check: CheckId;
  readonly severity: 'denied' | 'warning';
  /** Terse, without names: the same words for the same rule, for metrics and logs. */
  readonly reason: string;
  /** What, where and how to fix it, in one line for a person, without the check's id. */
  readonly detail: string;
  /** Where this cannot be read, the finding can be neither made nor resolved. */
  readonly needs: Need;
}

/** The active color changed, or was chosen at a creation with green active (`from` is null then). */
export interface Switch {
  readonly kind: 'promotion' | 'rollback';
  readonly from: Color | null;
  readonly to: Color;
}

/** What checks say of a request: denied when there is a finding of that severity; warnings never deny. */
export interface Verdict {
  readonly findings: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** What an operator may choose (chart values). */
export interface Settings extends TraefikSettings {
  /** Whether a color with fewer ready endpoints than the active one may not gain weight; otherwise that is a warning. */
  readonly requireFullCapacity: boolean;
  /** Whether a promotion needs the RBAC verb `promote`. */
  readonly requirePromoteVerb: boolean;
}

/** The other color. */
export function otherColor(color: Color): Color {
  return color === 'blue' ? 'green' : 'blue';
}
