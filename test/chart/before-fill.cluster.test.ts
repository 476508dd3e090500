// A cluster that serves no MutatingAdmissionPolicies, as before Kubernetes 1.36: the chart finds out and leaves them out, and
// the API server denies what leaves weights out while no webhook answers. weights.cluster.test.ts has the ways of writing.
import t from 'tap';
import { at, get, list, number, parseObject, text } from '../../common/json.ts';
import { until } from '../cluster/node/api.ts';
import {
  installBluegreen,
  installTraefikCrds,
  REGISTRY,
  RELEASE,
  startCluster,
  webhookSpec,
} from '../cluster/index.ts';
import { traefikService, weightedSpec } from '../objects.ts';

const MODES = ['enforce', 'warn', 'audit', 'off'] as const;
const DENIED = /weights-total: blue and green have no weight, and no webhook answered that fills it in/;
const TIME_MS = 30_000;

const cluster = await startCluster({ images: [await webhookSpec(REGISTRY)], mutatingPolicies: false });
t.teardown(() => cluster.stop());
await installTraefikCrds(cluster);
await installBluegreen(cluster, { allowExternalNameServices: 'true' });
await cluster.apply(
  MODES.flatMap((mode) => [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: mode, labels: { 'bluegreen.dev/mode': mode } } },
    ...['blue', 'green'].map((name) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: mode },
      spec: { type: 'ExternalName', externalName: 'example.com', ports: [{ port: 80 }] },
    })),
  ]),
);

/** Applies the manifest of a namespace, with weights or without; the weights that are stored then, and what was said. */
async function applied(mode: string, blue: number | null, green: number | null, ...flags: readonly string[]) {
  const input = JSON.stringify(traefikService({ name: 'shop', namespace: mode }, weightedSpec(blue, green)));
  const { code, stderr } = await cluster.kubectl(['apply', ...flags, '-f', '-'], { input });
  const stored = await cluster.kubectlOk(['get', '-n', mode, 'traefikservices.traefik.io/shop', '-o', 'json']);
  const services = list(at(parseObject(stored) ?? {}, 'spec', 'weighted', 'services'));
  return { code, stderr, weights: services.map((each) => number(get(each, 'weight'))) };
}

function label(mode: string) {
  return cluster.kubectl(['label', '--overwrite', 'namespace', 'audit', `bluegreen.dev/mode=${mode}`]);
}

async function lost(): Promise<boolean> {
  return (await applied('audit', null, null)).weights.join() === ',';
}

// Server-side: what changes nothing is sent, too.
async function repaired(): Promise<boolean> {
  return (await applied('audit', null, null, '--server-side', '--force-conflicts')).weights.join() === '100,0';
}

t.test('Helm finds no MutatingAdmissionPolicies and installs none', async (t) => {
  const served = await cluster.kubectlOk(['api-resources', '--api-group=admissionregistration.k8s.io', '-o', 'name']);
  t.match(served, 'validatingadmissionpolicies');
  t.notMatch(served, 'mutatingadmissionpolicies');
  const manifest = await cluster.helmOk(['get', 'manifest', RELEASE.name, '-n', RELEASE.namespace]);
  t.match(manifest, /^kind: ValidatingAdmissionPolicy$/m);
  t.notMatch(manifest, /^kind: MutatingAdmissionPolicy/m);
});

t.test('while the webhook answers it fills them in, in every mode but off', async (t) => {
  for (const mode of MODES) {
    t.same((await applied(mode, 100, 0)).weights, [100, 0], mode);
    if (mode !== 'off') t.same((await applied(mode, null, null)).weights, [100, 0], mode);
  }
  const half = await applied('enforce', null, 100);
  t.match(half.stderr, 'weights-total: blue 100 (filled in) + green 100 = 200, not 100', 'and says what it filled in');
});

t.test('weights that were lost with the mode off come back with the first apply', async (t) => {
  const left = 'write weights into the manifests of shop, which leave them out: with mode off nothing fills them in';
  t.match((await label('off')).stderr, left);
  t.ok(await until(lost, TIME_MS), 'Traefik splits production');
  const split =
    'Traefik splits the production of shop evenly, because it has no weights. Run: kubectl bluegreen promote';
  t.match((await label('audit')).stderr, split);
  t.ok(await until(repaired, TIME_MS));
});

t.test('while it does not, the API server denies the manifest, and production stays', async (t) => {
  await cluster.kubectlOk(['scale', '-n', RELEASE.namespace, `deployment/${RELEASE.name}`, '--replicas=0']);
  async function gone(): Promise<boolean> {
    const pods = ['get', 'pods', '-n', RELEASE.namespace, '-o', 'name'];
    return (await cluster.kubectlOk(pods)) === '';
  }
  t.ok(await until(gone, TIME_MS));
  for (const mode of ['enforce', 'warn', 'audit'] as const) {
    const { code, stderr, weights } = await applied(mode, null, null);
    t.not(code, 0, mode);
    if (mode !== 'enforce') t.match(stderr, DENIED, mode);
    t.same(weights, [100, 0], `${mode}: ${stderr}`);
  }
  t.same((await applied('off', null, null)).weights, [null, null], 'off: production is split, as the docs say');
});

t.test('that the API server itself fills them in is nowhere said', async (t) => {
  const notes = await cluster.helmOk(['get', 'notes', RELEASE.name, '-n', RELEASE.namespace]);
  t.notMatch(text(notes), /filled in by the API server/);
});
