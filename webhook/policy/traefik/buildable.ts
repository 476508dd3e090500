import { get } from '../../../common/json.ts';
import type { Json } from '../../../common/json.ts';
import type { Group, Named, ServiceFacts, ServicePort } from '../types.ts';
import { namedObstacles } from './named.ts';
import { absence, obstacle, obstacleBy, suspicion } from './obstacle.ts';
import type { Obstacle } from './obstacle.ts';
import { badDurations, optionObstacles, schemeOf } from './options.ts';
import { protocolOf, servicePort } from './ports.ts';
import type { Protocol } from './ports.ts';
import { referenceOf } from './reference.ts';
import { crosses } from './settings.ts';
import type { TraefikSettings } from './settings.ts';

/** The Service that an entry names, as far as it is known. */
export interface Backend {
  /** Null when it does not exist. */
  readonly service: ServiceFacts | null;
  /** See `ColorFacts`; null where it is not known. */
  readonly servers: Readonly<Record<string, number>> | null;
}

/** All that decides whether Traefik can build an entry. */
export interface EntryContext {
  /** Of the object that holds the entry. */
  readonly group: Group;
  readonly namespace: string;
  /** Null where nothing is known of it. */
  readonly backend: Backend | null;
  readonly named: Named;
  readonly settings: TraefikSettings;
}

/** What is wrong with an entry: with its options, and with what it names. */
export interface Obstacles {
  readonly options: readonly Obstacle[];
  readonly backend: readonly Obstacle[];
}

/**
 * Why Traefik cannot build an entry of kind Service (buildServersLB and loadServers, traefik/traefik
 * pkg/provider/kubernetes/crd/kubernetes_http.go, and getLoadBalancerServiceHandler, pkg/server/service/service.go). One
 * such entry, at weight 0 too, makes it drop the object that holds it: every request gets 404.
 */
export function obstaclesOf(entry: Json, around: EntryContext): Obstacles {
  const { name, namespace } = referenceOf(entry);
  const own = optionObstacles(entry, around.group);
  if (namespace !== null && namespace !== around.namespace)
    return { options: own, backend: crossNamespace(name, namespace, around.settings) };
  if (around.backend === null) return { options: own, backend: [] };
  const options = [...own, ...namedObstacles(entry, around)];
  const { service } = around.backend;
  if (service === null) return { options, backend: [noService(name, around.namespace)] };
  return {
    options: [...options, ...healthCheck(name, entry, service), ...nativeLB(name, entry, service, around)],
    backend: [...externalName(name, service, around.settings), ...portAndServers(name, entry, service, around)],
  };
}

/** Why Traefik cannot build an entry, for a person: the first reason, or null. */
export function buildable(entry: Json, around: EntryContext): string | null {
  const { options, backend } = obstaclesOf(entry, around);
  return [...backend, ...options].find(({ certain }) => certain)?.cause ?? null;
}

/** By what Traefik speaks to the pods of an entry; null where it finds no port or does not know the scheme. */
export function spokenTo(
  entry: Json,
  service: ServiceFacts,
): { readonly protocol: Protocol; readonly port: ServicePort } | null {
  const port = servicePort(service, referenceOf(entry).port);
  const protocol = port === null ? null : protocolOf(schemeOf(entry), port);
  return port === null || protocol === null ? null : { protocol, port };
}

function crossNamespace(name: string, namespace: string, settings: TraefikSettings): readonly Obstacle[] {
  if (crosses(settings, namespace)) return [];
  return [
    obstacleBy('allowCrossNamespace', {
      reason: 'a Service of another namespace',
      cause: `${name} points to namespace ${namespace}, which Traefik reads with allowCrossNamespace=true only`,
      fix: 'Remove the namespace field',
    }),
  ];
}

function noService(name: string, namespace: string): Obstacle {
  return absence({
    reason: 'a listed Service does not exist',
    cause: `Service ${name} does not exist in ${namespace}`,
    fix: 'Create it first',
  });
}

function externalName(name: string, service: ServiceFacts, settings: TraefikSettings): readonly Obstacle[] {
  if (!service.external || settings.allowExternalNameServices) return [];
  return [
    obstacleBy('allowExternalNameServices', {
      reason: 'a listed Service is an ExternalName',
      cause: `Service ${name} is an ExternalName, which Traefik reads with allowExternalNameServices=true only`,
      fix: "List a Service with pods, or set the chart's allowExternalNameServices to the value that Traefik has",
    }),
  ];
}

function portAndServers(name: string, entry: Json, service: ServiceFacts, around: EntryContext): readonly Obstacle[] {
  const wanted = referenceOf(entry).port;
  const found = servicePort(service, wanted);
  if (found !== null) return servers(name, entry, service, found, around);
  const names = service.ports.map(portName).join(', ');
  const has = names === '' ? 'no port' : `port ${names}`;
  return [
    obstacle({
      reason: 'a listed port does not exist',
      cause: `Service ${name} has ${has}, not ${wanted === null ? 'a port left out' : `port ${wanted}`}`,
      fix: 'Write one of its ports',
    }),
  ];
}

function portName({ name, port }: Pick<ServicePort, 'name' | 'port'>): string {
  return name === null ? String(port) : `${port} (${name})`;
}

/** The reason of an obstacle that pods bring and take. */
export const NO_ENDPOINT = 'a newly listed color is empty';

/**
 * Traefik 2.11 drops only what has no pods at all: one without ready pods answers 503 there. No version looks at
 * endpoints where it goes by the cluster IP, by node ports, or out of the cluster.
 */
function servers(
  name: string,
  entry: Json,
  service: ServiceFacts,
  found: ServicePort,
  { backend, settings }: EntryContext,
): readonly Obstacle[] {
  const known = backend?.servers ?? null;
  const byNodes = service.nodePort && get(entry, 'nodePortLB') === true;
  if (settings.allowEmptyServices || known === null || service.external || byNodes) return [];
  if (goesByClusterIP(entry, settings) || (known[found.name ?? ''] ?? 0) > 0) return [];
  const elsewhere = Object.values(known).some((count) => count > 0);
  return [
    obstacleBy('allowEmptyServices', {
      reason: elsewhere ? 'a listed port has no endpoint' : NO_ENDPOINT,
      cause: elsewhere
        ? `the pods of ${name} have no port for its port ${portName(found)}`
        : `${name} has no ready endpoint`,
      fix: elsewhere ? `Correct the targetPort of Service ${name}` : 'Bring it up first',
    }),
  ];
}

function goesByClusterIP(entry: Json, settings: TraefikSettings): boolean {
  const given = get(entry, 'nativeLB') ?? null;
  return given === null ? settings.nativeLBByDefault : given === true;
}

/** Traefik 2.11 looks for the cluster IP of an ExternalName, too. */
function nativeLB(name: string, entry: Json, service: ServiceFacts, around: EntryContext): readonly Obstacle[] {
  const { settings, group } = around;
  if (!goesByClusterIP(entry, settings) || !(service.headless || service.external)) return [];
  const given = get(entry, 'nativeLB') === true;
  const said = {
    reason: 'nativeLB without a cluster IP',
    cause: given
      ? `${name} has nativeLB, and its Service has no cluster IP`
      : `Service ${name} has no cluster IP, which Traefik's nativeLBByDefault needs`,
    fix: given ? 'Remove nativeLB from its entry' : 'Write nativeLB: false in its entry',
  };
  if (service.external && group === 'traefik.io') {
    const cause = `${said.cause}: Traefik 2 asks for one and answers 404 for every color`;
    return given ? [suspicion({ ...said, cause })] : [];
  }
  return [given ? obstacle(said) : obstacleBy('nativeLBByDefault', said)];
}

/** Traefik 2.11 has no health checks of custom resources, and its definitions leave the field out. */
function healthCheck(name: string, entry: Json, { external }: ServiceFacts): readonly Obstacle[] {
  if ((get(entry, 'healthCheck') ?? null) === null) return [];
  if (external) return badDurations(name, 'healthCheck', entry, ['interval', 'unhealthyInterval', 'timeout']);
  return [
    obstacle({
      reason: 'a healthCheck of a Service with pods',
      cause: `${name} has a healthCheck, which Traefik takes for ExternalName Services only`,
      fix: 'Remove it: Kubernetes checks the pods by their readiness probes',
    }),
  ];
}
