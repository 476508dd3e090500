import t from 'tap';
import { GLOBAL_FLAGS } from '../../plugin/cli/flags.ts';
import { toolFile } from '../cluster/tools/cache.ts';
import { run } from '../../scripts/lib/run.ts';

t.test("every global flag of kubectl is known, with kubectl's type", async (t) => {
  const { stdout } = await run(toolFile('kubernetes', 'kubectl'), ['options']);
  const theirs = [...stdout.matchAll(/^ +(?:-\w, )?--([\w-]+)=(.*):$/gm)].map(([, name = '', fallback = '']) => {
    return { name, boolean: fallback === 'false' || fallback === 'true' };
  });
  t.ok(theirs.length > 20, stdout);
  for (const { name, boolean } of theirs) {
    const ours = GLOBAL_FLAGS.find((flag) => flag.name === name);
    t.ok(ours, `--${name}`);
    t.equal(ours?.type === 'boolean', boolean, `--${name}`);
  }
});
