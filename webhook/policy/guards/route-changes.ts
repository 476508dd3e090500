import type { Group } from '../types.ts';
import type { TraefikServiceName } from './uses.ts';

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

/** Routes that lead to Services and to no TraefikService. */
export type OtherRoute = 'IngressRouteTCP' | 'IngressRouteUDP' | 'HTTPRoute';

/** A Service that a route lists, and whether it gets any of its traffic. */
export interface DirectBackend {
  readonly name: string;
  readonly receives: boolean;
}
