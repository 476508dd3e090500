import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { runOk } from '../../scripts/lib/run.ts';
import { pluginExecutable } from '../cluster/plugin.ts';
import { toolFile } from '../cluster/tools/cache.ts';
import { packageProgram } from '../cluster/tools/packages.ts';
import { fakeCluster } from './fake-cluster.ts';
import { shop } from './shop.ts';
import { openTerminal } from './terminal.ts';

// A live bash with kubectl's own completion in it: what stands in the line after the tab key.

const root = mkdtempSync(join(tmpdir(), 'bluegreen-completion-'));
t.teardown(() => rmSync(root, { recursive: true, force: true }));
const bin = join(root, 'bin');
const home = join(root, 'home');
mkdirSync(bin);
mkdirSync(home);
const kubectl = toolFile('kubernetes', 'kubectl');
symlinkSync(kubectl, join(bin, 'kubectl'));
copyFileSync(await pluginExecutable(), join(bin, 'kubectl-bluegreen'));
const script = join(bin, 'kubectl_complete-bluegreen');
writeFileSync(script, await runOk(join(bin, 'kubectl-bluegreen'), ['completion', 'bash']));
chmodSync(script, 0o755);
writeFileSync(join(root, 'kubectl.bash'), await runOk(kubectl, ['completion', 'bash']));
writeFileSync(join(home, 'smoke.yaml'), '');

t.test('the tab key in bash', async (t) => {
  const { kubeconfig } = await fakeCluster(t, shop());
  writeFileSync(join(root, 'kubeconfig'), kubeconfig);
  const terminal = await openTerminal(join(root, 'terminal'), {
    HOME: home,
    PATH: `${bin}:/usr/bin:/bin`,
    KUBECONFIG: join(root, 'kubeconfig'),
    TERM: 'xterm-256color',
    LC_ALL: 'C.UTF-8',
  });
  t.teardown(() => terminal.close());
  await terminal.type(`cd; . ${packageProgram('bash-completion', 'bash_completion')}; . ${join(root, 'kubectl.bash')}`);

  const lines = [
    ['rollb', 'rollback '],
    ['promote sh', 'promote shop '],
    ['promote traefikservice/sh', 'promote traefikservice/shop '],
    ['help rollb', 'help rollback '],
    ['promote --to=g', 'promote --to=green '],
    ['status --output=ya', 'status --output=yaml '],
    ['status -o jsonp', 'status -o jsonpath='],
    ['logs --color pre', 'logs --color preview '],
    ['smoke shop -f smo', 'smoke shop -f smoke.yaml '],
    ['lint smo', 'lint smoke.yaml '],
    ['smoke shop -- cat smo', 'smoke shop -- cat smoke.yaml '],
    ['promote shop --dry-run=ser', 'promote shop --dry-run=server '],
  ] as const;
  for (const [typed, completed] of lines) {
    // What is typed behind the completion shows where it ends.
    const pattern = new RegExp(`^\\$ kubectl bluegreen ${completed.replaceAll('.', '\\.')}\\|$`, 'm');
    t.match(await terminal.press(`kubectl bluegreen ${typed}\t|`, pattern), pattern, typed);
  }
  const offered = await terminal.press('kubectl bluegreen status --output=\t\t', /^custom-columns= +[^]*jsonpath= +/m);
  t.match(offered, /^\$ kubectl bluegreen status --output=$/m, 'the flag stands once');
});
