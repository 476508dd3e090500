import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { DEMO_NAMESPACE, deployTraefik, installBluegreen, installDemo } from '../cluster/index.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { startTraffic } from '../demo/traffic.ts';
import { normal } from './normal.ts';
import { chapters } from './session.ts';
import { openTerminal } from './terminal.ts';

// A person's session in a real terminal, on a real cluster: what the screen shows is what the files in `session` say.
// UPDATE_GOLDEN=1 writes them anew; read them then as somebody who was just woken up.

const GOLDEN = join(import.meta.dirname, 'session');
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';

const cluster = await shareCluster(t, 'plugin');
const [traefik] = await Promise.all([deployTraefik(cluster), installBluegreen(cluster)]);
await installDemo(cluster);
await cluster.kubectlOk(['config', 'set-context', '--current', '--namespace', DEMO_NAMESPACE]);

const home = join(cluster.dir, 'session');
cpSync(join(import.meta.dirname, '..', 'demo', 'manifests'), home, { recursive: true });
const env = { ...cluster.env, BIN: cluster.binDir, HOME: home, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' };
const terminal = await openTerminal(join(cluster.dir, 'terminal'), env);
t.teardown(() => terminal.close());
await terminal.type('cd');

function hashOf(color: string): Promise<string> {
  return cluster.kubectlOk([
    'get',
    'replicasets',
    '-l',
    `color=${color}`,
    '-o',
    'jsonpath={.items[0].metadata.labels.pod-template-hash}',
  ]);
}
const hashes = { blue: await hashOf('blue'), green: await hashOf('green') };

for (const { name, steps } of chapters(hashes, (...args) => cluster.kubectlOk(args))) {
  t.test(`the chapter "${name}"`, async (t) => {
    const screens: string[] = [];
    for (const { line, during } of steps) {
      const { screen, code } = await terminal.type(line, during);
      screens.push(`${normal(screen, hashes)}\n${code === 0 ? '' : `[exit code ${code}]\n`}`);
    }
    const file = join(GOLDEN, `${name}.txt`);
    const seen = screens.join('\n');
    if (UPDATE) {
      mkdirSync(GOLDEN, { recursive: true });
      writeFileSync(file, seen);
    }
    t.equal(seen, existsSync(file) ? readFileSync(file, 'utf8') : '', 'as the golden file says');
  });
}

t.test('the live view counts requests and errors while there is traffic', async (t) => {
  const traffic = startTraffic({ url: `${traefik.url}/`, host: 'podinfo.localhost', connections: 2 });
  t.teardown(() => traffic.stop());
  const counted = /blue +active +100 +█{10} 100% +(?!0\.0)[\d.]+ +0\.0%/;
  const { screen } = await terminal.type('kubectl bluegreen status -w', { until: counted });
  t.match(screen, /green +preview +0 +░{10} 0% +0\.0 +- /);
});

t.test('colors on a terminal, none in a pipe, none with NO_COLOR', async (t) => {
  const escape = '\u001B[';
  const blue = `${escape}34mblue`;
  t.match((await terminal.type('kubectl bluegreen status')).painted, blue);
  t.notMatch((await terminal.type('kubectl bluegreen status | cat')).painted, escape);
  t.notMatch((await terminal.type('NO_COLOR=1 kubectl bluegreen status')).painted, escape);
  t.notMatch((await terminal.type('kubectl bluegreen status --no-color')).painted, escape);
});
