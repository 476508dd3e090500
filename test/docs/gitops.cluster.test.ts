// docs/gitops.md with Argo CD itself: its commands, in their order, while production is asked.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../../scripts/lib/run.ts';
import { DEMO_NAMESPACE, traefikAt } from '../cluster/index.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { startTraffic } from '../demo/traffic.ts';
import { applicationOf } from '../e2e/argocd/application.ts';
import { CONTROLLER, startArgoCd } from '../e2e/argocd/argocd.ts';
import { makeRepository } from '../e2e/gitops/repository.ts';
import { history, live, personIn } from '../e2e/people.ts';
import { blocksOf } from './blocks.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const NAME = 'bluegreen-wrr';
const ROUTE_MS = 120_000;
const APPLICATION = 'demo-bluegreen';

const cluster = await shareCluster(t, 'traefik', DEMO_NAMESPACE);
const repository = await makeRepository(t);
cpSync(EXAMPLES, join(repository.folder, 'examples'), { recursive: true });
repository.edit('examples/argocd/application.yaml', 'https://git.example.com/shop.git', repository.url);
// The version before the release of the page.
repository.edit('examples/green.yaml', 'podinfo:6.1.6', 'podinfo:6.1.5');
await repository.push();
const argo = await startArgoCd(t, cluster);
const traffic = startTraffic({ url: `${traefikAt(cluster).url}/`, host: 'podinfo.localhost', connections: 2 });
t.teardown(() => traffic.stop());
const admin = personIn(cluster, DEMO_NAMESPACE);
const application = applicationOf(cluster, argo, APPLICATION);

let open = 0;
t.test('every command of the page works, in their order', async (t) => {
  const blocks = blocksOf('gitops.md', 'sh');
  t.ok(blocks.length > 4);
  for (const block of blocks) {
    const script = block.replaceAll('--analyze 5m', '--analyze 5s --baseline 2s');
    const { code, stdout, stderr } = await run('bash', ['-eu', '-o', 'pipefail', '-c', script], {
      cwd: repository.folder,
      env: { ...cluster.env, ...repository.env, NODE_EXTRA_CA_CERTS: undefined },
    });
    t.equal(code, 0, `${script}\n${stdout}${stderr}${code === 0 ? '' : argo.log()}`);
    if (open === 0) open = (await traffic.until(({ version }) => version === '6.1.5', ROUTE_MS)).started;
  }
});

t.test('Argo CD reports no difference after the switches, and wrote the release once', async (t) => {
  const { syncs } = await application.reaches(
    t,
    'Healthy',
    ({ sync, health }) => sync === 'Synced' && health === 'Healthy',
  );
  t.equal(syncs, 2, 'the first one, and the release');
  t.equal(await live(admin, NAME), '100 0: blue');
  const own = (await history(admin, NAME)).filter((line) => line.includes(CONTROLLER));
  t.same(own, [`creation with blue by ${CONTROLLER}`]);
});
