import { readFileSync } from 'node:fs';
import { traefikImage } from '../images/specs.ts';
import { rolledOut } from './kube.ts';
import type { Target } from './target.ts';
import { toolFile } from './tools/cache.ts';
import { OLD_GROUP, traefikObjects } from './traefik-objects.ts';

export type TraefikOptions = {
  /** 3 unless told otherwise; 2 (which also reads traefik.containo.us) has to be built first. */
  readonly version?: 2 | 3;
  readonly replicas?: number;
  /** Left to Traefik unless given: it then takes an empty colour's whole TraefikService out of service. */
  readonly allowEmptyServices?: boolean;
  /** Such as 0s; Traefik's own default is 2s. */
  readonly providersThrottleDuration?: string;
  /** Prometheus metrics, on unless false. */
  readonly metrics?: boolean;
  /** Traefik's API, on unless false. */
  readonly api?: boolean;
  /** Further flags, in full. */
  readonly flags?: readonly string[];
  /** An image to use instead of building one. */
  readonly image?: string;
};

export type Traefik = {
  readonly namespace: string;
  /** Entry point web, by NodePort. */
  readonly url: string;
  /** API and dashboard, if they are on. */
  readonly apiUrl: string;
  readonly metricsUrl: string;
};

export const TRAEFIK_NAMESPACE = 'traefik';

const TOOLS = {
  2: { id: 'traefik2', tag: 'v2.11.35' },
  3: { id: 'traefik', tag: 'v3.6.12' },
} as const;
const PORTS = { web: 30_080, api: 30_088, metrics: 30_091 } as const;

/** Installs Traefik's custom resources of both API groups. */
export const installTraefikCrds = async (target: Target): Promise<void> => {
  const old = readFileSync(toolFile('traefik2-crds', 'crds.yaml'), 'utf8').split(/^---$/m);
  const manifests = [readFileSync(toolFile('traefik', 'crds.yaml'), 'utf8')];
  manifests.push(...old.filter((document) => document.includes(`group: ${OLD_GROUP}`)));
  const input = manifests.join('\n---\n');
  // Server-side: some of them are too long for the annotation that a client-side apply leaves.
  await target.kubectlOk(['apply', '--server-side', '-f', '-'], { input });
  await target.kubectlOk(['wait', '--for=condition=Established', '--timeout=30s', '-f', '-'], { input });
};

/** Installs Traefik with its custom resources and waits until it serves. */
export const installTraefik = async (target: Target, options: TraefikOptions = {}): Promise<Traefik> => {
  const { id, tag } = TOOLS[options.version ?? 3];
  const image = options.image ?? `${target.registry}/traefik:${tag}`;
  const provided =
    options.image === undefined ? target.provide([traefikImage(toolFile(id, 'traefik'), image)]) : undefined;
  await Promise.all([provided, installTraefikCrds(target)]);
  await target.apply(traefikObjects({ ...options, image, namespace: TRAEFIK_NAMESPACE, ports: PORTS }));
  await rolledOut(target, TRAEFIK_NAMESPACE, 'traefik');
  const at = (port: number): string => `http://${target.ip}:${port}`;
  return { namespace: TRAEFIK_NAMESPACE, url: at(PORTS.web), apiUrl: at(PORTS.api), metricsUrl: at(PORTS.metrics) };
};
