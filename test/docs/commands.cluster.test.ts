// The commands of the pages that tell no story: each as it is on its page, after what it needs, on a real cluster.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { parse } from 'yaml';
import { at, isObject, list, text as textOf } from '../../common/json.ts';
import { DEMO_NAMESPACE, REGISTRY, traefikAt } from '../cluster/index.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { run } from '../../scripts/lib/run.ts';
import { startTraffic } from '../demo/traffic.ts';
import { commandsOf } from './commands.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const cluster = await shareCluster(t, 'traefik', DEMO_NAMESPACE);
const home = join(cluster.dir, 'commands');
mkdirSync(join(home, 'bin'), { recursive: true });
/** A user's own kubeconfig, whose context has the namespace of the release, as README.md takes for granted. */
const KUBECONFIG = join(home, 'kubeconfig');
copyFileSync(cluster.kubeconfig, KUBECONFIG);
const env = { ...cluster.env, KUBECONFIG, HOME: home, NODE_EXTRA_CA_CERTS: undefined };
await cluster.kubectlOk(['config', 'set-context', '--current', '--namespace', 'shop', '--kubeconfig', KUBECONFIG]);

/** Names that a reader replaces, and times that a person has and a test has not. */
const FILLED: readonly (readonly [RegExp, string])[] = [
  [/\bNAME\b/g, 'shop'],
  [/\bNAMESPACE\b/g, 'shop'],
  [/\bIMAGE\b/g, `${REGISTRY}/bluegreen-demo:6.1.6`],
  [/--analyze 5m\b/g, '--analyze 3s --baseline 2s'],
  [/ -w$/gm, ''],
  [/\bdecommission shop\b/g, 'decommission shop --after 1ms'],
];

/** What each plugin of k9s prints, in an order that works. */
const K9S: readonly (readonly [string, RegExp])[] = [
  ['bluegreen-status', /^Release: /m],
  ['bluegreen-promote', /shop promoted$/m],
  ['bluegreen-rollback', /shop rolled back$/m],
  ['bluegreen-history', /rollback/],
  ['bluegreen-doctor', /√/],
];

const hosts = ['podinfo.localhost', 'shop.localhost'];

/** Requests to a host for the rest of the file: an analysis needs some. */
async function customers(host: string): Promise<void> {
  const traffic = startTraffic({ url: `${traefikAt(cluster).url}/`, host, connections: 1 });
  t.teardown(() => traffic.stop());
  await traffic.until(({ version }) => version === '6.1.5', 60_000);
}

async function expectDone(t: Test, commands: string): Promise<string> {
  const script = FILLED.reduce((text, [written, name]) => text.replace(written, name), commands);
  const { code, stdout, stderr } = await run('bash', ['-eu', '-o', 'pipefail', '-c', script], {
    cwd: ROOT,
    env,
  });
  t.equal(code, 0, code === 0 ? script : `${script}\n${stdout}${stderr}`);
  return stdout;
}

/** The blocks of a page that are to be run, so many of them at least. */
function blocksOf(page: string, count: number): readonly string[] {
  const blocks = commandsOf(page).filter(({ notRun }) => notRun === null);
  t.ok(blocks.length >= count, page);
  return blocks.map((block) => block.text);
}

function active(): Promise<string> {
  return cluster.kubectlOk(['bluegreen', 'status', 'shop', '-n', 'shop', '-o', 'jsonpath={.active}']);
}

t.test('examples/README.md, with customers of both releases', async (t) => {
  for (const block of blocksOf('examples/README.md', 2)) await expectDone(t, block);
  await Promise.all(hosts.map((host) => customers(host)));
});

t.test('the plugins of k9s, as k9s fills them in', async (t) => {
  const plugins = at(parse(readFileSync(join(ROOT, 'examples', 'k9s', 'plugins.yaml'), 'utf8')), 'plugins');
  const context = (await cluster.kubectlOk(['config', 'current-context'])).trim();
  const pass = 'bluegreen.dev/smoke-test=passed:6.1.6';
  await cluster.kubectlOk(['annotate', 'traefikservices.traefik.io/shop', '-n', 'shop', pass]);
  for (const [name, shows] of K9S) {
    const plugin = at(plugins, name);
    const words = [at(plugin, 'command'), ...list(at(plugin, 'args'))].map((word) => textOf(word) ?? '');
    const filled = words.map((word) =>
      word.replaceAll('$NAMESPACE', 'shop').replaceAll('$NAME', 'shop').replaceAll('$CONTEXT', context),
    );
    const { stdout, stderr } = await run(filled[0] ?? '', filled.slice(1), { env: cluster.env });
    t.match(stdout, shows, `${name}: ${stderr}`);
  }
  t.same(Object.keys(isObject(plugins) ? plugins : {}).toSorted(), K9S.map(([name]) => name).toSorted());
});

t.test('README.md', async (t) => {
  const [use = '', wrong = ''] = blocksOf('README.md', 2);
  const [release = '', ...others] = use.split('\n');
  await expectDone(t, release);
  t.equal(await active(), 'green');
  t.match(await expectDone(t, wrong), 'rolled back');
  t.equal(await active(), 'blue');
  await expectDone(t, `${release} --again`);
  for (const command of others) await expectDone(t, command);
  t.equal(await active(), 'blue');
});

t.test('docs/security.md', async (t) => {
  for (const block of blocksOf('docs/security.md', 1)) await expectDone(t, block);
  await cluster.kubectlOk(['delete', 'rolebinding', 'ci', '-n', 'traefik']);
});

t.test('docs/plugin.md', async (t) => {
  for (const block of blocksOf('docs/plugin.md', 1)) await expectDone(t, block);
});

t.test('docs/certificates.md', async (t) => {
  for (const block of blocksOf('docs/certificates.md', 1)) await expectDone(t, block);
});

t.test('docs/first-day.md', async (t) => {
  await cluster.kubectlOk(['create', 'namespace', 'old']);
  await cluster.kubectlOk(['label', 'namespace', 'old', 'bluegreen.dev/mode=off']);
  const services = ['blue', 'green'].map((name, index) => ({ name, port: 80, weight: index === 0 ? 60 : 30 }));
  const [apiVersion, kind] = ['traefik.io/v1alpha1', 'TraefikService'];
  const old = { apiVersion, kind, metadata: { name: 'old', namespace: 'old' }, spec: { weighted: { services } } };
  await cluster.apply(JSON.stringify(old));
  await cluster.kubectlOk(['label', 'namespace', 'old', '--overwrite', 'bluegreen.dev/mode=audit']);
  await cluster.kubectlOk(['label', 'traefikservices.traefik.io/old', '-n', 'old', 'seen=by-the-audit']);
  const [log = '', metrics = ''] = blocksOf('docs/first-day.md', 2);
  await audited();
  t.match(await expectDone(t, log), 'weights-total');
  t.match(await expectDone(t, metrics), /^bluegreen_findings\{.*namespace="old".*\} 1$/m);
});

/** Waits until the audit has seen the old release: within seconds after its change. */
async function audited(): Promise<void> {
  const log = ['logs', '-n', 'bluegreen-system', '-l', 'app.kubernetes.io/component=webhook', '--tail=-1'];
  while (!/"namespace":"old".*"message":"new finding"/.test(await cluster.kubectlOk(log)))
    await new Promise((done) => setTimeout(done, 500));
}
