import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import type { Test } from 'tap';
import { Problem } from '../../scripts/lib/problem.ts';
import { archiveOf, buildImage } from '../../images/image.ts';
import type { ImageSpec } from '../../images/image.ts';
import { pushImage } from '../../images/push.ts';
import { Store } from '../../images/store.ts';
import { tar } from '../../images/tar.ts';
import type { Entry } from '../../images/tar.ts';
import { listenFor } from '../ports.ts';

const LONG = `${'folder/'.repeat(16)}file`;

function entries(dir: string): Entry[] {
  writeFileSync(join(dir, 'source'), 'x'.repeat(1000));
  return [
    { kind: 'folder', path: 'etc/', mode: 0o755 },
    { kind: 'text', path: 'etc/passwd', mode: 0o644, content: 'nonroot:x:65532\n' },
    { kind: 'file', path: 'bin/tool', mode: 0o755, source: join(dir, 'source') },
    { kind: 'link', path: 'bin/alias', target: 'tool' },
    { kind: 'text', path: LONG, mode: 0o600, content: '' },
  ];
}

function spec(dir: string, name: string, extra = 'app'): ImageSpec {
  return {
    names: [name],
    layers: [entries(dir), [{ kind: 'text', path: 'app', mode: 0o644, content: extra }]],
    run: { Entrypoint: ['/bin/tool'], User: '65532' },
  };
}

t.test('tar(1) reads what tar writes', async (t) => {
  const dir = t.testdir();
  await pipeline(Readable.from(tar(entries(dir))), createWriteStream(join(dir, 'a.tar')));
  const listed = execFileSync('tar', ['-tvf', join(dir, 'a.tar')], { encoding: 'utf8', env: { TZ: 'UTC' } });
  t.match(listed, /-rwxr-xr-x 0\/0 +1000 1970-01-01 00:00 bin\/tool/);
  t.match(listed, 'bin/alias -> tool');
  t.match(listed, LONG);
  mkdirSync(join(dir, 'out'));
  execFileSync('tar', ['-xf', join(dir, 'a.tar'), '-C', join(dir, 'out'), '--no-same-owner']);
  t.equal(readFileSync(join(dir, 'out/bin/alias'), 'utf8'), 'x'.repeat(1000));
  t.equal(readFileSync(join(dir, 'out/etc/passwd'), 'utf8'), 'nonroot:x:65532\n');
});

t.test('a path that no tar archive can hold is denied', async (t) => {
  const tooLong = tar([{ kind: 'text', path: 'x'.repeat(200), mode: 0o644, content: '' }]);
  await t.rejects(tooLong.next(), /too long/);
});

t.test('the same content gives the same image, and shares its layers with others', async (t) => {
  const dir = t.testdir();
  const [one, two] = [new Store(join(dir, 'one')), new Store(join(dir, 'two'))];
  const first = await buildImage(one, spec(dir, 'registry.local/a:1'));
  utimesSync(join(dir, 'source'), 1, 1);
  t.same(await buildImage(two, spec(dir, 'registry.local/a:1')), first, 'in another store, with another time');
  const other = await buildImage(one, spec(dir, 'registry.local/b:1', 'another app'));
  t.equal(other.layers[0]?.digest, first.layers[0]?.digest);
  t.not(other.layers[1]?.digest, first.layers[1]?.digest);
  const archive = await archiveOf(one, [first, other]);
  t.equal(await archiveOf(one, [first, other]), archive, 'written once');
  const paths = execFileSync('tar', ['-tf', archive], { encoding: 'utf8' }).trim().split('\n');
  t.equal(new Set(paths).size, paths.length, 'a shared layer is in it once');
  const index = JSON.parse(execFileSync('tar', ['-xOf', archive, 'index.json'], { encoding: 'utf8' }));
  t.match(index.manifests, [{ annotations: { 'io.containerd.image.name': 'registry.local/a:1' } }, {}]);
  const layer = execFileSync('tar', ['-xOf', archive, `blobs/${first.layers[0]?.digest.replace(':', '/')}`]);
  t.equal(`sha256:${createHash('sha256').update(layer).digest('hex')}`, first.layers[0]?.digest);
  const present = first.layers[0]?.digest ?? '';
  const rest = await archiveOf(one, [first, other], new Set([present]));
  const left = execFileSync('tar', ['-tf', rest], { encoding: 'utf8' }).trim().split('\n');
  t.same(
    paths.filter((path) => !left.includes(path)),
    [`blobs/${present.replace(':', '/')}`],
    'what is there already is left out',
  );
});

t.test('compressed layers are the same in another store, and not those that are compressed less', async (t) => {
  const dir = t.testdir();
  const text = Array.from({ length: 2_000 }, (_, index) => `line ${index * index}`).join('\n');
  function build(store: string, compression: 'little' | 'well') {
    return buildImage(new Store(join(dir, store)), spec(dir, 'registry.local/a:1', text), compression);
  }
  const well = await build('one', 'well');
  t.same(await build('two', 'well'), well);
  const little = await build('one', 'little');
  t.ok((little.layers[1]?.size ?? 0) > (well.layers[1]?.size ?? 0));
  t.match(well.layers, [{ mediaType: /\+gzip$/ }, { mediaType: /\+gzip$/ }]);
});

t.test('a layer that was cut short in the cache is built again', async (t) => {
  const dir = t.testdir();
  const store = new Store(join(dir, 'store'));
  const first = await buildImage(store, spec(dir, 'registry.local/a:1'));
  const path = store.pathOf(first.layers[0]?.digest ?? '');
  const whole = readFileSync(path);
  writeFileSync(path, whole.subarray(0, 100));
  t.same(await buildImage(store, spec(dir, 'registry.local/a:1')), first);
  t.same(readFileSync(path), whole);
});

function hashed(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

t.test('a file that is written anew, in the same size and with the same time, has another hash', async (t) => {
  const dir = t.testdir({ source: 'one' });
  const [store, source] = [new Store(join(dir, 'store')), join(dir, 'source')];
  utimesSync(source, 1, 1);
  for (const _ of ['read', 'known']) t.equal(await store.hashOf(source), hashed('one'));
  writeFileSync(source, 'two');
  utimesSync(source, 1, 1);
  t.equal(await store.hashOf(source), hashed('two'));
});

t.test('a folder that cannot be filled is not kept', async (t) => {
  const dir = t.testdir();
  const store = new Store(dir);
  await t.rejects(
    store.makeFolder('a key', async (path) => {
      writeFileSync(join(path, 'file'), 'x');
      throw new Error('disk full');
    }),
    /disk full/,
  );
  t.equal(store.folder('a key'), undefined);
  t.same(readdirSync(dir), []);
});

t.test('what was not used for a week is dropped, and old archives before', async (t) => {
  const dir = t.testdir();
  const store = new Store(dir);
  const old = store.putText('text/plain', 'old');
  const fresh = store.putText('text/plain', 'fresh');
  const now = Date.now();
  function minutesAgo(minutes: number): number {
    return now / 1000 - minutes * 60;
  }
  const archives: string[] = [];
  for (const minutes of [1, 11, 12, 13, 14]) {
    const path = await store.archive(`key ${minutes}`, () => tar([]));
    utimesSync(path, minutesAgo(minutes), minutesAgo(minutes));
    archives.push(path);
  }
  const folder = await store.makeFolder('a key', async (path) => writeFileSync(join(path, 'file'), 'x'));
  t.equal(store.folder('a key'), folder);
  for (const path of [store.pathOf(old.digest), folder]) utimesSync(path, minutesAgo(8 * 1440), minutesAgo(8 * 1440));
  await store.prune(now);
  t.equal(store.folder('a key'), undefined);
  t.throws(() => readFileSync(store.pathOf(old.digest)), /ENOENT/);
  t.equal(readFileSync(store.pathOf(fresh.digest), 'utf8'), 'fresh');
  t.same(
    archives.map((path) => existsSync(path)),
    [true, true, true, false, false],
    'the latest three stay',
  );
});

// The part of a registry's protocol that pushing needs.
async function registry(t: Pick<Test, 'teardown'>, allow: (request: IncomingMessage) => boolean = () => true) {
  const blobs = new Map<string, Buffer>();
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://registry');
    const body = await buffer(request);
    const last = url.pathname.split('/').at(-1) ?? '';
    if (!allow(request)) {
      response.writeHead(401).end('who are you?');
    } else if (request.method === 'HEAD') {
      response.writeHead(blobs.has(last) ? 200 : 404).end();
    } else if (request.method === 'POST') {
      response.writeHead(202, { location: '/v2/app/blobs/uploads/1?state=x' }).end();
    } else {
      const name = url.searchParams.get('digest') ?? last;
      const sound = last === '1.0' || name === `sha256:${createHash('sha256').update(body).digest('hex')}`;
      blobs.set(name, body);
      response.writeHead(sound ? 201 : 400).end();
    }
  }
  const server = createServer((request, response) => void answer(request, response));
  return { blobs, host: `127.0.0.1:${await listenFor(t, server)}` };
}

t.test('an image is pushed to a registry', async (t) => {
  const dir = t.testdir();
  const store = new Store(join(dir, 'store'));
  const { blobs, host } = await registry(t);
  const image = await buildImage(store, spec(dir, `${host}/app:1.0`));
  await pushImage(store, image, `${host}/app:1.0`, { scheme: 'http' });
  const manifest = JSON.parse(blobs.get('1.0')?.toString() ?? '{}');
  t.equal(manifest.layers.length, 2);
  for (const { digest, size } of [...manifest.layers, manifest.config]) {
    t.equal(blobs.get(digest)?.length, size);
  }
  await pushImage(store, image, `${host}/app:1.0`, { scheme: 'http' });
});

t.test('what a registry denies is said with its words', async (t) => {
  const dir = t.testdir();
  const store = new Store(join(dir, 'store'));
  const basic = `Basic ${Buffer.from('me:secret').toString('base64')}`;
  const { host } = await registry(t, ({ headers }) => headers.authorization === basic);
  const image = await buildImage(store, spec(dir, `${host}/app:1.0`));
  function push(name: string, credentials?: string) {
    return pushImage(store, image, name, { scheme: 'http', ...(credentials === undefined ? {} : { credentials }) });
  }
  await t.rejects(push(`${host}/app:1.0`), /answered 401.*REGISTRY_AUTH/);
  await t.resolves(push(`${host}/app:1.0`, 'me:secret'));
  await t.rejects(push('app'), new Problem('app is not a full image name. Write HOST/PATH:TAG.'));
  await t.rejects(push('127.0.0.1:1/app:1.0'), /cannot be reached/);
});
