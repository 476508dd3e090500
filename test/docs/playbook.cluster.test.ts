// Every command of docs/playbook.md, as it stands there, on a real cluster under traffic: the page cannot rot.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { DEMO_NAMESPACE, traefikAt } from '../cluster/index.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { run } from '../../scripts/lib/run.ts';
import { startTraffic } from '../demo/traffic.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The color that is active after a section; those that are not named change nothing. */
const LIVE: Readonly<Record<string, string>> = {
  'In one command': 'blue',
  'Promote and analyze': 'green',
  'Roll back': 'blue',
  'Promote again': 'green',
  'Roll back after that': 'blue',
  'With plain kubectl': 'blue',
  'Promote by hand': 'green',
  'Roll back by hand': 'blue',
  'Scale it up again by hand': 'blue',
};
/** Times that a person has and a test has not. */
const SHORTER: readonly (readonly [RegExp, string])[] = [
  [/--analyze 5m\b/g, '--analyze 5s --baseline 2s'],
  [/--after 24h\b/g, '--after 1ms'],
];

interface Section {
  readonly title: string;
  readonly blocks: readonly string[];
}

const page = readFileSync(join(ROOT, 'docs', 'playbook.md'), 'utf8');
const sections: readonly Section[] = page.split(/^#{1,3} /m).flatMap((text) => {
  const blocks = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = '']) => block);
  return blocks.length === 0 ? [] : [{ title: text.split('\n')[0] ?? '', blocks }];
});

const cluster = await shareCluster(t, 'traefik', DEMO_NAMESPACE);
const traefik = traefikAt(cluster);
const traffic = startTraffic({ url: `${traefik.url}/`, host: 'podinfo.localhost', connections: 2, pause: 50 });
t.teardown(() => traffic.stop());

function shell(script: string) {
  return run('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd: ROOT,
    env: { ...cluster.env, NODE_EXTRA_CA_CERTS: undefined },
  });
}
const live = ['bluegreen', 'status', 'bluegreen-wrr', '-n', DEMO_NAMESPACE, '-o', 'jsonpath={.active}'];

t.test('every section that says so changes what is active, and every one is on the page', async (t) => {
  const titles = new Set(sections.map(({ title }) => title));
  t.same(
    Object.keys(LIVE).filter((title) => !titles.has(title)),
    [],
  );
  t.ok(sections.length > 12, `${sections.length} sections with commands`);
});

let open = 0;
for (const { title, blocks } of sections) {
  t.test(title, async (t) => {
    for (const block of blocks) {
      const script = SHORTER.reduce((text, [long, short]) => text.replace(long, short), block);
      const { code, stdout, stderr } = await shell(script);
      t.equal(code, 0, `${script}${stdout}${stderr}`);
      // Traffic counts from the first answer on: before it, Traefik has not seen the route yet.
      if (open === 0) open = (await traffic.until(({ version }) => version === '6.1.5', 60_000)).started;
    }
    const color = LIVE[title];
    if (color !== undefined) t.equal(await cluster.kubectlOk(live), color);
  });
}

t.test('no customer noticed any of it', async (t) => {
  const samples = traffic.samples.filter(({ started }) => started >= open);
  t.same(
    samples.flatMap(({ failure }) => failure ?? []),
    [],
  );
  t.ok(samples.length > 500, `${samples.length} requests`);
});
