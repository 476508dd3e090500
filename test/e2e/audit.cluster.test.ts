// The audit and the entry for mode changes, on a real cluster: objects from before somebody guarded them.
import t from 'tap';
import { installBluegreen, RELEASE, REPLICATED } from '../cluster/index.ts';
import { until } from '../cluster/node/api.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { holder, logged, replicas, samples, signalPod } from './audit/replicas.ts';
import { allTo, traefikService, weightedSpec } from '../objects.ts';

const SHOP = 'shop';
const SPLIT = 'check="single-active",namespace="shop"';
const TIME_MS = 20_000;

const cluster = await shareCluster(t, 'chart');

function released(group: string, name: string, blue: number, green: number) {
  return traefikService({ name, namespace: SHOP }, weightedSpec(blue, green), group);
}
await cluster.apply([
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SHOP, labels: { 'bluegreen.dev/mode': 'off' } } },
  ...['blue', 'green'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: SHOP },
    spec: { type: 'ExternalName', externalName: 'example.com', ports: [{ port: 80 }] },
  })),
  released('traefik.io', 'split', 50, 50),
  released('traefik.containo.us', 'old', 60, 30),
  released('traefik.io', 'fine', 0, 100),
]);
const VALUES = { 'audit.interval': '2s', allowExternalNameServices: 'true' };
await installBluegreen(cluster, { ...REPLICATED, ...VALUES });

function versions(): Promise<string> {
  return cluster.kubectlOk([
    'get',
    'traefikservices.traefik.io,traefikservices.traefik.containo.us,services,namespaces',
    '-A',
    '-o',
    'jsonpath={range .items[*]}{.kind}/{.metadata.name}={.metadata.resourceVersion} {end}',
  ]);
}
async function shown(pod: string, part: string): Promise<number | undefined> {
  return (await samples(cluster, pod)).get(part);
}
function eventually(condition: () => Promise<boolean>): Promise<boolean> {
  return until(condition, TIME_MS);
}
function setMode(label: string) {
  return cluster.kubectl(['label', 'namespace', SHOP, '--overwrite', label, '--as=ada', '--as-group=system:masters']);
}
async function modeChanges(from: string, to: string): Promise<number> {
  const name = `bluegreen_mode_changes_total{from="${from}",to="${to}"}`;
  const counts = (await replicas(cluster)).map((pod) => shown(pod, name));
  return (await Promise.all(counts)).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
async function modeLines(): Promise<readonly object[]> {
  const lines = (await replicas(cluster)).map((pod) => logged(cluster, pod, 'mode of a namespace changed'));
  return (await Promise.all(lines)).flat();
}
/** The pod that holds the lease and has seen everything. */
async function auditor(but = ''): Promise<string> {
  let found = '';
  const audits = await eventually(async () => {
    found = await holder(cluster);
    if (found === '' || found === but) return false;
    return (await shown(found, 'bluegreen_audit_last_success_timestamp_seconds')) !== undefined;
  });
  if (!audits) throw new Error(`nobody audits; the lease names ${found}`);
  return found;
}

t.test('a namespace in mode off is not looked at', async (t) => {
  const pod = await auditor();
  const names = [...(await samples(cluster, pod)).keys()];
  t.notOk(names.some((name) => name.includes(SHOP)));
});

t.test('the label that guards it again is logged and counted, with who did it', async (t) => {
  const { code, stderr } = await setMode('bluegreen.dev/mode-');
  t.equal(code, 0, stderr);
  t.notMatch(stderr, /Warning/);
  t.equal(await modeChanges('off', 'enforce'), 1);
  t.match(await modeLines(), [{ namespace: SHOP, from: 'off', to: 'enforce', user: 'ada' }]);
});

t.test('what is already there shows within an audit, in both groups, and nothing is changed', async (t) => {
  const before = await versions();
  const pod = await auditor();
  t.ok(await eventually(async () => (await shown(pod, `bluegreen_findings{${SPLIT}}`)) === 2));
  const all = await samples(cluster, pod);
  t.equal(all.get('bluegreen_findings{check="weights-total",namespace="shop"}'), 1);
  function active(group: string, name: string, color: string) {
    return all.get(`bluegreen_active{group="${group}",namespace="shop",name="${name}",color="${color}"}`);
  }
  t.equal(active('traefik.io', 'fine', 'green'), 1);
  t.equal(active('traefik.io', 'fine', 'blue'), 0);
  t.equal(active('traefik.containo.us', 'old', 'blue'), 1);
  const found = await logged(cluster, pod, 'new finding');
  t.equal(found.length, 3, 'one line per finding, over several audits');
  t.match(found, [{ name: 'split', check: 'single-active', detail: /blue 50 \+ green 50/ }, {}, {}]);
  t.equal(await versions(), before);
});

t.test(
  'one replica audits; when it hangs another one takes over, and it shows nothing when it comes back',
  async (t) => {
    const first = await auditor();
    const second = (await replicas(cluster)).find((pod) => pod !== first);
    t.equal(await shown(second ?? '', `bluegreen_findings{${SPLIT}}`), undefined);
    signalPod(first, 'SIGSTOP');
    try {
      t.ok(await until(async () => (await holder(cluster)) === second, 30_000), 'the lease runs out');
      t.ok(await eventually(async () => (await shown(second ?? '', `bluegreen_findings{${SPLIT}}`)) === 2));
    } finally {
      signalPod(first, 'SIGCONT');
    }
    async function cleared(): Promise<boolean> {
      const names = [...(await samples(cluster, first)).keys()];
      return names.length > 0 && !names.some((name) => /^bluegreen_(findings\{|active|audit)/.test(name));
    }
    t.ok(await eventually(cleared), 'the former auditor shows nothing');
    t.equal(await holder(cluster), second);
  },
);

t.test('a pod that is deleted hands over at once', async (t) => {
  const first = await auditor();
  await cluster.kubectlOk(['-n', RELEASE.namespace, 'delete', 'pod', first, '--wait=false']);
  const started = Date.now();
  const next = await auditor(first);
  t.not(next, first);
  t.ok(Date.now() - started < 10_000, 'without waiting for the lease to run out');
  t.ok(await eventually(async () => (await shown(next, `bluegreen_findings{${SPLIT}}`)) === 2));
});

t.test('what is deleted or repaired disappears', async (t) => {
  const pod = await auditor();
  await cluster.kubectlOk(['-n', SHOP, 'delete', 'traefikservices.traefik.containo.us/old']);
  const weights = JSON.stringify([{ op: 'replace', path: '/spec', value: allTo('blue') }]);
  await cluster.kubectlOk(['-n', SHOP, 'patch', 'traefikservices.traefik.io/split', '--type=json', '-p', weights]);
  async function gone(): Promise<boolean> {
    const names = [...(await samples(cluster, pod)).keys()];
    return (
      names.length > 0 && !names.some((name) => name.includes('name="old"') || name.startsWith('bluegreen_findings{'))
    );
  }
  t.ok(await eventually(gone));
  t.equal((await logged(cluster, pod, 'finding resolved')).length, 3);
});

t.test('who weakens a mode is told so, and a dry run is not counted', async (t) => {
  const dry = ['label', 'namespace', SHOP, 'bluegreen.dev/mode=audit', '--dry-run=server'];
  t.match((await cluster.kubectl(dry)).stderr, /Warning: .*mode audit/);
  t.match(
    (await setMode('bluegreen.dev/mode=off')).stderr,
    /Warning: namespace shop is no longer guarded by bluegreen/,
  );
  t.equal(await modeChanges('enforce', 'off'), 1);
  t.equal(await modeChanges('enforce', 'audit'), 0);
  t.match((await setMode('bluegreen.dev/mode=enforced')).stderr, /Warning: .*enforced is not a mode/);
  const [label] = ['kubernetes.io/description=shop'];
  t.notMatch((await setMode(label)).stderr, /Warning/, 'another label is nobody’s business');
  const pod = await auditor();
  t.ok(await eventually(async () => [...(await samples(cluster, pod)).keys()].some((name) => name.includes('fine'))));
});
