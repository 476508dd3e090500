// What `npm run cluster` prints can be typed: every export and every command, in a shell of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
import { run } from '../../scripts/lib/run.ts';
import type { Result } from '../../scripts/lib/run.ts';
import { until } from './node/api.ts';

const MOVED_MS = 10_000;

const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { stdio: ['pipe', 'pipe', 'inherit'] });
t.teardown(() => child.stdin.end());
const ended = once(child, 'exit');
const printed: string[] = [];
for await (const line of createInterface({ input: child.stdout })) {
  printed.push(line);
  if (line.startsWith('Ctrl-C')) break;
}
child.stdout.resume();

const exports = printed.filter((line) => line.startsWith('export '));
/** Types a command into a shell that has the exports. */
function type(command: string): Promise<Result> {
  return run('sh', ['-c', [...exports, command].join('\n')]);
}

function lineWith(words: string): string {
  const line = printed.find((each) => each.includes(words));
  if (line === undefined) throw new Error(`"${words}" was not printed:\n${printed.join('\n')}`);
  return line;
}

/** The printed command that contains these words, without what is before it. */
function command(words: string): string {
  return lineWith(words).replace(/^.*?(?=curl |kubectl )/, '');
}

t.test('kubectl bluegreen is on the PATH that is printed', async (t) => {
  const { code, stdout, stderr } = await type(command('kubectl bluegreen status'));
  t.equal(code, 0, stderr);
  t.match(stdout, /^blue +active/m);
  t.match(stdout, /^green +preview/m);
});

t.test('the next two commands test green and send production to it', async (t) => {
  const smoke = await type(command('kubectl bluegreen smoke'));
  t.equal(smoke.code, 0, smoke.stderr);
  const promote = await type(command('kubectl bluegreen promote'));
  t.equal(promote.code, 0, promote.stderr);
  t.ok(
    await until(async () => (await type(command('curl'))).stdout.includes('"version":"6.1.6"'), MOVED_MS),
    'green answers customers',
  );
});

t.test('nothing is left when its standard input ends', async (t) => {
  const dir = lineWith('logs ').replace(/^logs +(.*)\/log$/, '$1');
  t.ok(existsSync(dir));
  child.stdin.end();
  t.same(await ended, [0, null]);
  t.notOk(existsSync(dir));
});
