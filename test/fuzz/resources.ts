// The kinds that the oracle writes, and their addresses.

export const RESOURCES = {
  TraefikService: { apiVersion: 'traefik.io/v1alpha1', plural: 'traefikservices' },
  IngressRoute: { apiVersion: 'traefik.io/v1alpha1', plural: 'ingressroutes' },
  Middleware: { apiVersion: 'traefik.io/v1alpha1', plural: 'middlewares' },
  ServersTransport: { apiVersion: 'traefik.io/v1alpha1', plural: 'serverstransports' },
  TLSOption: { apiVersion: 'traefik.io/v1alpha1', plural: 'tlsoptions' },
  Service: { apiVersion: 'v1', plural: 'services' },
  /** Addressed by the name of its Deployment: the newest one of it. */
  ReplicaSet: { apiVersion: 'apps/v1', plural: 'replicasets' },
  Deployment: { apiVersion: 'apps/v1', plural: 'deployments' },
  StatefulSet: { apiVersion: 'apps/v1', plural: 'statefulsets' },
  DaemonSet: { apiVersion: 'apps/v1', plural: 'daemonsets' },
} as const;

export type Kind = keyof typeof RESOURCES;

const WORKLOADS: ReadonlySet<Kind> = new Set<Kind>(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);

/** Whether pods stand behind it. */
export function isWorkload(kind: Kind): boolean {
  return WORKLOADS.has(kind);
}

/** Kubernetes' own kinds take strategic merge patches; custom resources do not. */
export function isBuiltIn(kind: Kind): boolean {
  return !RESOURCES[kind].apiVersion.startsWith('traefik.io/');
}

export function kindOf(written: unknown): Kind {
  const found = Object.keys(RESOURCES).find((kind): kind is Kind => kind === written);
  if (found === undefined) throw new Error(`the oracle does not write the kind ${String(written)}`);
  return found;
}

/** The address of an object, or of all of its kind. */
export function pathOf(kind: Kind, namespace: string, name = ''): string {
  const { apiVersion, plural } = RESOURCES[kind];
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}/namespaces/${namespace}/${plural}${name === '' ? '' : `/${encodeURIComponent(name)}`}`;
}
