// A release, made twice: the same bytes; and what is in it works: image and chart on a real cluster, the plugin by itself.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { get, list, parseObject, text } from '../../common/json.ts';
import { VERSION } from '../../common/version.ts';
import { installTraefikCrds, RELEASE, startCluster } from '../cluster/index.ts';
import { toolFile } from '../cluster/tools/cache.ts';
import { run, runOk } from '../../scripts/lib/run.ts';
import { ARCHITECTURE } from '../../images/image.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const OUT = join(ROOT, 'dist', 'release');
const PLATFORM = `linux-${ARCHITECTURE}`;
const IMAGE = `bluegreen-webhook_v${VERSION}_linux_${ARCHITECTURE}.oci.tar`;
const CHART = `bluegreen-${VERSION}.tgz`;
const PLUGIN = `kubectl-bluegreen_v${VERSION}_linux_${ARCHITECTURE}.tar.gz`;

const dir = t.testdir();
async function release(): Promise<string> {
  // What an earlier release left for speed must not be what makes the next one equal.
  for (const kept of ['release', 'work/images', 'work/node/linux-amd64', 'work/node/linux-arm64'])
    rmSync(join(ROOT, 'dist', kept), { recursive: true, force: true });
  const base = 'https://forge.example/acme/bluegreen/releases/download/v0';
  // What compresses well takes most of the time of a release; release.test.ts compares such archives.
  const flags = ['--platform', PLATFORM, '--base-url', base, '--quick'];
  return runOk(process.execPath, ['scripts/release.ts', VERSION, ...flags], {
    cwd: ROOT,
    env: { HELM: toolFile('helm', 'helm') },
  });
}
function sums(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder).map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex'),
    ]),
  );
}

const told = await release();
const first = join(dir, 'release');
renameSync(OUT, first);
await release();

t.test('one command makes everything, with one version', async (t) => {
  t.same(
    readdirSync(OUT).sort(),
    [
      'SHA256SUMS',
      'THIRD-PARTY-LICENSES.txt',
      CHART,
      IMAGE,
      `bluegreen-webhook_v${VERSION}.cjs`,
      'bluegreen.yaml',
      `bluegreen_v${VERSION}.cdx.json`,
      `kubectl-bluegreen_v${VERSION}.cjs`,
      PLUGIN,
    ].sort(),
  );
  t.match(told, 'windows/arm64: no executable', 'what is missing is said');
  t.match(told, `image: for linux/${ARCHITECTURE} only`);
  for (const file of readdirSync(OUT)) t.comment(`${(statSync(join(OUT, file)).size / 1e6).toFixed(2)} MB ${file}`);
});

t.test('two runs give the same bytes', async (t) => {
  t.same(sums(OUT), sums(first));
});

t.test('SHA256SUMS is right about every other file', async (t) => {
  const { code, stdout } = await run('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: OUT });
  t.equal(code, 0, stdout);
  t.equal(stdout.trim().split('\n').length, readdirSync(OUT).length - 1);
});

t.test('the image holds Node, its libraries, the two programs, and nothing to run anything else with', async (t) => {
  const image = join(dir, 'image');
  await runOk('mkdir', [image]);
  await runOk('tar', ['-xf', join(OUT, IMAGE), '-C', image]);
  function blob(digest: unknown): string {
    return join(image, 'blobs', (text(digest) ?? '').replace(':', '/'));
  }
  const index = parseObject(readFileSync(join(image, 'index.json'), 'utf8'));
  const manifest = parseObject(readFileSync(blob(get(list(get(index, 'manifests'))[0], 'digest')), 'utf8'));
  const listings = await Promise.all(
    list(get(manifest, 'layers')).map((layer) => runOk('tar', ['-tvzf', blob(get(layer, 'digest'))])),
  );
  const entries = listings.flatMap((listing) => listing.trim().split('\n'));
  const paths = entries.map((entry) => entry.split(/\s+/).slice(5).join(' '));
  const files = paths.filter((path) => !path.endsWith('/'));
  const expected =
    /^(usr\/bin\/node|app\/(webhook|plugin)\.cjs|etc\/(passwd|group|nsswitch\.conf)|(usr\/)?lib(64)?\/.*\.so(\.\d+)*)$/;
  t.same(
    files.filter((file) => !expected.test(file)),
    [],
  );
  t.ok(files.includes('app/webhook.cjs') && files.includes('app/plugin.cjs') && files.includes('usr/bin/node'));
  t.same(
    entries.filter((entry) => /^-..[sS]|^-.{5}[sS]/.test(entry)),
    [],
    'nothing takes the rights of another user',
  );
  const writable = entries.filter((entry) => /^.{8}w/.test(entry)).map((entry) => entry.split(/\s+/)[5]);
  t.same(writable, ['tmp/'], 'only /tmp could be written to, where it is not read-only');
  const config = parseObject(readFileSync(blob(get(get(manifest, 'config'), 'digest')), 'utf8'));
  t.match(config, {
    config: {
      User: '65532:65532',
      Entrypoint: ['/usr/bin/node', '--max-semi-space-size=1', '/app/webhook.cjs'],
      Labels: { 'org.opencontainers.image.version': VERSION },
    },
  });
});

t.test('the plugin of the archive runs and says its version', async (t) => {
  await runOk('tar', ['-xzf', join(OUT, PLUGIN), '-C', dir]);
  t.ok(existsSync(join(dir, 'LICENSE')) && existsSync(join(dir, 'THIRD-PARTY-LICENSES.txt')));
  t.match(await runOk(join(dir, 'kubectl-bluegreen'), ['version']), VERSION);
});

t.test('image and chart of the release are installed and tested', async (t) => {
  const cluster = await startCluster();
  t.teardown(() => cluster.stop());
  await installTraefikCrds(cluster);
  await cluster.loadImage(join(OUT, IMAGE));
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: RELEASE.namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  };
  await cluster.apply([namespace]);
  // As on OpenShift: another user, in the group of root.
  const user = ['--set', 'podSecurityContext.runAsUser=1000680000,podSecurityContext.runAsGroup=0'];
  const wait = ['-n', RELEASE.namespace, '--wait', '--timeout', '180s', '--set', 'image.pullPolicy=Never'];
  await cluster.helmOk(['install', RELEASE.name, join(OUT, CHART), ...wait, ...user]);
  const { code, stdout, stderr } = await cluster.helm(['test', RELEASE.name, '-n', RELEASE.namespace]);
  t.equal(code, 0, `${stdout}${stderr}`);
  const pod = ['-n', RELEASE.namespace, 'deployment/bluegreen', '--'];
  for (const shell of ['sh', '/bin/sh', 'bash', '/busybox/sh'])
    t.not((await cluster.kubectl(['exec', ...pod, shell, '-c', 'true'])).code, 0, `no ${shell}`);
  const write = `require('fs').writeFileSync('/tmp/x', '')`;
  t.match((await cluster.kubectl(['exec', ...pod, 'node', '-e', write])).stderr, /EROFS/, 'nothing can be written');
  t.match(await cluster.kubectlOk(['exec', ...pod, 'node', '/app/plugin.cjs', 'version']), VERSION);
});
