// The Dockerfile and the builder without a container engine make the same image.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import t from 'tap';
import type { RunConfig } from '../../images/image.ts';
import { tar } from '../../images/tar.ts';
import { WEBHOOK_RUN, webhookImage } from '../../images/webhook.ts';

const ROOT = join(import.meta.dirname, '..', '..');

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

function instructionsIn(dockerfile: string): Instruction[] {
  return dockerfile
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
      return { name, rest };
    });
}

const instructions = instructionsIn(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
const lastFrom = instructions.findLastIndex(({ name }) => name === 'FROM');
const built = instructions.slice(0, lastFrom);
const shipped = instructions.slice(lastFrom);

function restsOf(wanted: string): string[] {
  return shipped.filter(({ name }) => name === wanted).map(({ rest }) => rest);
}

/** The config that an image has after these instructions. */
function runConfig(): RunConfig {
  return {
    Entrypoint: JSON.parse(restsOf('ENTRYPOINT').at(-1) ?? '[]'),
    Env: restsOf('ENV'),
    User: restsOf('USER').at(-1) ?? '',
    WorkingDir: restsOf('WORKDIR').at(-1) ?? '',
    Labels: Object.fromEntries(restsOf('LABEL').map((label) => label.split('='))),
  };
}

t.test(
  'entrypoint, environment, user, folder and labels of the Dockerfile are those of images/webhook.ts',
  async (t) => {
    t.same(runConfig(), WEBHOOK_RUN);
    const known = new Set(['FROM', 'COPY', 'LABEL', 'ENV', 'WORKDIR', 'USER', 'ENTRYPOINT']);
    t.same(
      shipped.filter(({ name }) => !known.has(name)),
      [],
      'and there is nothing else that would change the image',
    );
  },
);

t.test('the Dockerfile starts from nothing and ships the files that images/root.ts writes, no others', async (t) => {
  t.same(restsOf('FROM'), ['scratch']);
  t.same(restsOf('COPY'), ['--from=build /image/ /']);
  t.match(built[0], { name: 'FROM', rest: / AS build$/ });
  t.match(built.at(-1), {
    name: 'RUN',
    rest: 'node images/root.ts dist >/tmp/root.tar && mkdir /image && tar -xf /tmp/root.tar -C /image',
  });
});

t.test('images/root.ts writes the files of every layer of the published image', async (t) => {
  const programs = { webhook: 'the webhook', plugin: 'the plugin' };
  const dir = t.testdir({ 'webhook.cjs': programs.webhook, 'plugin.cjs': programs.plugin });
  const written = execFileSync(process.execPath, [join(ROOT, 'images', 'root.ts'), dir], { maxBuffer: 1 << 30 });
  const { layers } = await webhookImage(programs, []);
  t.ok(written.equals(await buffer(Readable.from(tar(layers.flat())))));
  const paths = execFileSync('tar', ['-t'], { input: written, encoding: 'utf8' }).split('\n');
  for (const path of ['usr/bin/node', 'app/webhook.cjs', 'app/plugin.cjs', 'etc/passwd', 'tmp/']) {
    t.ok(paths.includes(path), path);
  }
});
