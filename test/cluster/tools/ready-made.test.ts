import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Program } from './tool.ts';
import { readyMade, tells } from './ready-made.ts';

t.test('a program counts as ready-made at exactly the wanted version', async (t) => {
  t.ok(tells('Client Version: v1.34.4\nKustomize Version: v5.7.1\n', '1.34.4'));
  t.ok(tells('v3.20.0+gb2e4314\n', '3.20.0'), 'Helm adds its commit');
  t.ok(tells('etcd Version: 3.6.5\nGit SHA: a061450\nGo Version: go1.24.9\n', '3.6.5'));
});

t.test('anything near the wanted version does not count', async (t) => {
  const near = ['v1.34.3', 'v1.34.40', 'v11.34.4', 'v1.34.4-rc.1', 'v1.34.4+k3s1', 'v1.34.4-dirty', 'v1.34', ''];
  for (const version of near) t.notOk(tells(`Client Version: ${version}\n`, '1.34.4'), version);
  const other = 'Client Version: v1.35.0\nKustomize Version: v1.34.4\n';
  t.notOk(tells(other, '1.34.4'), 'only the first version that is printed is its own');
});

const kubectl: Program = {
  name: 'kubectl',
  built: 'kubectl',
  from: 'k8s.io/kubernetes/cmd/kubectl',
  readyMade: { version: '1.34.4', args: ['version', '--client'] },
};

function folderWith(dir: string, script: string): string {
  writeFileSync(join(dir, 'kubectl'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return dir;
}

t.test('it is taken from PATH, where the first one counts', async (t) => {
  const dirs = t.testdir({ right: {}, old: {}, broken: {} });
  const right = folderWith(join(dirs, 'right'), '[ "$*" = "version --client" ] && echo "Client Version: v1.34.4"');
  const old = folderWith(join(dirs, 'old'), 'echo "Client Version: v1.33.1"');
  const broken = folderWith(join(dirs, 'broken'), 'echo "Client Version: v1.34.4"; exit 1');
  t.equal(await readyMade(kubectl, { PATH: `/nowhere::${right}:${old}` }), join(right, 'kubectl'));
  t.equal(
    await readyMade(kubectl, { PATH: `${old}:${right}` }),
    undefined,
    'what a person calls kubectl is the old one',
  );
  t.equal(await readyMade(kubectl, { PATH: broken }), undefined);
  t.equal(await readyMade(kubectl, { PATH: '/nowhere' }), undefined);
});

t.test('a program that is always built is not looked for', async (t) => {
  const { readyMade: _, ...built } = kubectl;
  const right = folderWith(t.testdir(), 'echo "Client Version: v1.34.4"');
  t.equal(await readyMade(built, { PATH: right }), undefined);
});
