import { readFileSync } from 'node:fs';
import type { ImageSpec } from '../../images/image.ts';
import { traefikImage } from '../images/specs.ts';
import { rolledOut } from './kube.ts';
import type { Target } from './target.ts';
import { until } from './node/api.ts';
import { toolFile } from './tools/cache.ts';
import { NEWEST, toolOf, versions } from './versions.ts';
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

const PORTS = { web: 30_080, api: 30_088, metrics: 30_091 } as const;

/** Traefik's image, made of the program that was built for the test cluster. */
export function traefikSpec(registry: string, version = versions().traefik): ImageSpec {
  return traefikImage(toolFile(toolOf('traefik', version).id, 'traefik'), imageName(registry, version));
}

function imageName(registry: string, version: TraefikVersion): string {
  return `${registry}/traefik:v${toolOf('traefik', version).version}`;
}

async function served(target: Target): Promise<boolean> {
  const groups = ['traefik.io', OLD_GROUP];
  const asked = groups.map((group) => target.kubectl(['get', '--raw', `/apis/${group}/v1alpha1`]));
  return (await Promise.all(asked)).every(({ code, stdout }) => code === 0 && stdout.includes('"traefikservices"'));
}

/** Those of its own version; Traefik 2.11 has the newest ones, of which it reads what it knows. */
async function applyCrds(target: Target, version: TraefikVersion = versions().traefik): Promise<void> {
  const old = readFileSync(toolFile('traefik2-crds', 'crds.yaml'), 'utf8').split(/^---$/m);
  const { id } = toolOf('traefik', version === '2.11' ? NEWEST.traefik : version);
  const manifests = [readFileSync(toolFile(id, 'crds.yaml'), 'utf8')];
  manifests.push(...old.filter((document) => document.includes(`group: ${OLD_GROUP}`)));
  // Server-side: some of them are too long for the annotation that a client-side apply leaves.
  await target.kubectlOk(['apply', '--server-side', '--validate=false', '-f', '-'], {
    input: manifests.join('\n---\n'),
  });
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
  await applyCrds(target, options.version);
  const [traefik] = await Promise.all([deployTraefik(target, options), crdsServed(target)]);
  return traefik;
}

/** Deploys Traefik where its custom resources are defined, and waits until it serves. */
export async function deployTraefik(target: Target, options: TraefikOptions = {}): Promise<Traefik> {
  const { version = versions().traefik, safeNaming = versions().safeNaming } = options;
  const image = options.image ?? imageName(target.registry, version);
  if (options.image === undefined) await target.provide([traefikSpec(target.registry, version)]);
  await target.apply(traefikObjects({ ...options, safeNaming, image, namespace: TRAEFIK_NAMESPACE, ports: PORTS }));
  await rolledOut(target, TRAEFIK_NAMESPACE, 'traefik');
  return traefikAt(target);
}
