import { join } from 'node:path';
import type { ImageSpec } from '../../images/image.ts';
import { webhookImage } from '../../images/webhook.ts';
import { VERSION } from '../../common/version.ts';
import { bundleOf } from '../images/bundles.ts';
import { weightedSpec } from '../objects.ts';
import { demoImage } from '../images/specs.ts';
import { rolledOut } from './kube.ts';
import { REGISTRY } from './node/names.ts';
import type { Target } from './target.ts';
import { traefikSpec } from './traefik.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CHART = join(ROOT, 'charts', 'bluegreen');
const EXAMPLES = join(ROOT, 'examples');

/** The demo app's versions; the examples name podinfo's images of the same versions. */
export const DEMO_VERSIONS = ['6.1.5', '6.1.6'] as const;
export const DEMO_NAMESPACE = 'demo-bluegreen';
export const RELEASE = { name: 'bluegreen', namespace: 'bluegreen-system' } as const;

/** The webhook's image, which holds the plugin as well, built from the sources as they are now. */
export async function webhookSpec(registry: string): Promise<ImageSpec> {
  const programs = { webhook: await bundleOf('webhook'), plugin: await bundleOf('plugin') };
  return webhookImage(programs, [`${registry}/bluegreen-webhook:${VERSION}`]);
}

/** The demo app's images, by their own names and by those of podinfo's published images. */
export async function demoSpecs(registry: string): Promise<ImageSpec[]> {
  const bundle = await bundleOf('demo-app');
  return Promise.all(
    DEMO_VERSIONS.map((tag) =>
      demoImage(bundle, tag, [`${registry}/bluegreen-demo:${tag}`, `ghcr.io/stefanprodan/podinfo:${tag}`]),
    ),
  );
}

/** Traefik's and the demo app's images, for startCluster to import while it boots. */
export async function bareImages(registry: string = REGISTRY): Promise<ImageSpec[]> {
  return [traefikSpec(registry), ...(await demoSpecs(registry))];
}

/** All images that a cluster with bluegreen needs, for startCluster to import while it boots. */
export async function allImages(registry: string = REGISTRY): Promise<ImageSpec[]> {
  return [...(await bareImages(registry)), await webhookSpec(registry)];
}

function setFlags(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
}

/**
 * Helm would have the API server put together the schemas of all its resources for each installation. Tests of the
 * chart's life call Helm as users do.
 */
const WITHOUT_SCHEMAS = '--disable-openapi-validation';
/** One replica that goes at once when it is told to: enough for what is not about replicas. */
const SMALL = { replicaCount: '1', drainSeconds: '1' } as const;
/** The chart's own values, for tests of upgrades, drains and what replicas do together. */
export const REPLICATED = { replicaCount: '2', drainSeconds: '20' } as const;

/**
 * Installs or upgrades the chart with the webhook built from the sources, and waits until it is ready and promotions wait
 * for it. There is one replica with a short drain unless the values say otherwise.
 * @param values as for helm's --set: dotted names
 */
export async function installBluegreen(target: Target, values: Readonly<Record<string, string>> = {}): Promise<void> {
  await target.provide([await webhookSpec(target.registry)]);
  const image = { 'image.repository': `${target.registry}/bluegreen-webhook`, 'image.tag': VERSION };
  const place = ['-n', RELEASE.namespace, '--create-namespace', '--wait', '--timeout', '120s', WITHOUT_SCHEMAS];
  const flags = setFlags({ ...image, ...SMALL, ...values });
  await target.helmOk(['upgrade', '--install', RELEASE.name, CHART, ...place, ...flags]);
  // A first installation begins to deny what no webhook answers for when the pods have been ready for a while.
  const armed = '--for=jsonpath={.webhooks[0].failurePolicy}=Fail';
  await target.kubectlOk(['wait', 'validatingwebhookconfiguration', RELEASE.name, armed, '--timeout=60s']);
}

/** Upgrades the chart with the values that it has, waits as Helm does, and returns what Helm printed. */
export function upgradeBluegreen(target: Pick<Target, 'helmOk'>, ...flags: readonly string[]): Promise<string> {
  const place = ['-n', RELEASE.namespace, '--reuse-values', '--wait', '--timeout', '120s', WITHOUT_SCHEMAS];
  return target.helmOk(['upgrade', RELEASE.name, CHART, ...place, ...flags]);
}

/** Takes every replica of the webhook away, and waits until none is left. */
export async function stopWebhook(target: Pick<Target, 'kubectlOk'>): Promise<void> {
  const here = ['-n', RELEASE.namespace];
  await target.kubectlOk([...here, 'scale', `deployment/${RELEASE.name}`, '--replicas=0']);
  const pods = ['-l', 'app.kubernetes.io/component=webhook'];
  await target.kubectlOk([...here, 'wait', 'pods', ...pods, '--for=delete', '--timeout=120s']);
}

/** Gives blue all of the weight where the weights are missing: the examples leave them to a webhook, which may not be there. */
async function weighDemo(target: Target): Promise<void> {
  const service = ['-n', DEMO_NAMESPACE, 'traefikservices.traefik.io/bluegreen-wrr'];
  const weights = '-o=jsonpath={.spec.weighted.services[*].weight}';
  if ((await target.kubectlOk(['get', ...service, weights])) !== '') return;
  const patch = JSON.stringify({ spec: weightedSpec(100, 0) });
  await target.kubectlOk(['patch', ...service, '--type=merge', '-p', patch]);
}

/**
 * Deploys the example manifests with blue active and waits until both colors are ready. A cluster of the user's own pulls podinfo's
 * published images; a disposable one gets the demo app under their names.
 */
export async function installDemo(target: Target): Promise<void> {
  if (target.disposable) {
    await target.provide(await demoSpecs(target.registry));
  }
  await target.applyFiles([EXAMPLES]);
  await weighDemo(target);
  for (const color of ['blue', 'green']) {
    await rolledOut(target, DEMO_NAMESPACE, color);
  }
}
