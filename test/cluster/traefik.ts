import { readFileSync } from 'node:fs';
import type { ImageSpec } from '../../images/image.ts';
import { traefikImage } from '../images/specs.ts';
import { rolledOut } from './kube.ts';
import type { Target } from './target.ts';
import { until } from './node/api.ts';
import { toolFile } from './tools/cache.ts';
import { Problem } from '../../scripts/lib/problem.ts';
import { OLD_GROUP, traefikObjects } from './traefik-objects.ts';
import type { TraefikOptions, TraefikVersion } from './traefik-objects.ts';

export interface Traefik {
  readonly namespace: string;
  /** Entry point web, by NodePort. */
  readonly url: string;
  /** API and dashboard, if they are on. */
  readonly apiUrl: string;
  readonly metricsUrl: string;
}

const CRDS_MS = 30_000;

export const TRAEFIK_NAMESPACE = 'traefik';

const TOOLS = {
  2: { id: 'traefik2', tag: 'v2.11.35' },
  3: { id: 'traefik', tag: 'v3.6.12' },
  3.7: { id: 'traefik37', tag: 'v3.7.13' },
} as const;
const PORTS = { web: 30_080, api: 30_088, metrics: 30_091 } as const;

/** Traefik's image, made of the program that was built for the test cluster. */
export function traefikSpec(registry: string, version: TraefikVersion = 3): ImageSpec {
  const { id, tag } = TOOLS[version];
  return traefikImage(toolFile(id, 'traefik'), `${registry}/traefik:${tag}`);
}

async function served(target: Target): Promise<boolean> {
  const groups = ['traefik.io', OLD_GROUP];
  const asked = groups.map((group) => target.kubectl(['get', '--raw', `/apis/${group}/v1alpha1`]));
  return (await Promise.all(asked)).every(({ code, stdout }) => code === 0 && stdout.includes('"traefikservices"'));
}

async function applyCrds(target: Target, version: TraefikVersion = 3): Promise<void> {
  const old = readFileSync(toolFile('traefik2-crds', 'crds.yaml'), 'utf8').split(/^---$/m);
  const manifests = [readFileSync(toolFile(version === 3.7 ? 'traefik37' : 'traefik', 'crds.yaml'), 'utf8')];
  manifests.push(...old.filter((document) => document.includes(`group: ${OLD_GROUP}`)));
  // Server-side: some of them are too long for the annotation that a client-side apply leaves.
  await target.kubectlOk(['apply', '--server-side', '-f', '-'], { input: manifests.join('\n---\n') });
}

async function crdsServed(target: Target): Promise<void> {
  if (!(await until(() => served(target), CRDS_MS))) {
    throw new Problem(`The API server does not serve Traefik's resources ${CRDS_MS / 1000} s after they were defined.`);
  }
}

/** Installs Traefik's custom resources of both API groups and waits until they can be used. */
export async function installTraefikCrds(target: Target): Promise<void> {
  await applyCrds(target);
  await crdsServed(target);
}

/** The addresses of the Traefik that is installed in a cluster. */
export function traefikAt({ ip }: Pick<Target, 'ip'>): Traefik {
  function at(port: number): string {
    return `http://${ip}:${port}`;
  }
  return { namespace: TRAEFIK_NAMESPACE, url: at(PORTS.web), apiUrl: at(PORTS.api), metricsUrl: at(PORTS.metrics) };
}

/** Installs Traefik with its custom resources and waits until it serves. */
export async function installTraefik(target: Target, options: TraefikOptions = {}): Promise<Traefik> {
  const version = options.version ?? 3;
  const image = options.image ?? `${target.registry}/traefik:${TOOLS[version].tag}`;
  const provided = options.image === undefined ? target.provide([traefikSpec(target.registry, version)]) : undefined;
  await Promise.all([provided, applyCrds(target, version)]);
  await target.apply(traefikObjects({ ...options, image, namespace: TRAEFIK_NAMESPACE, ports: PORTS }));
  await Promise.all([rolledOut(target, TRAEFIK_NAMESPACE, 'traefik'), crdsServed(target)]);
  return traefikAt(target);
}
