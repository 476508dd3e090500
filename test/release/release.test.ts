// The parts of a release that need no cluster: one version, archives that do not vary, licences, materials, audit.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { judge } from '../../scripts/audit.ts';
import { writeTarGz } from '../../scripts/release/archive.ts';
import { licensesOf, packagesOf } from '../../scripts/release/licenses.ts';
import { billOfMaterials, nodeComponent } from '../../scripts/release/sbom.ts';
import { PLACES, strayVersions, writeVersion } from '../../scripts/release/version.ts';
import { at, get, list, parseObject, text } from '../../common/json.ts';
import { VERSION, VERSION as PLUGIN } from '../../common/version.ts';
import { fileText } from '../chart/chart.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const manifest = parseObject(fileText('package.json'));

t.test('package.json, lock file, chart, image names, plugin and changelog have one version', async (t) => {
  t.match(VERSION, /^\d+\.\d+\.\d+/);
  t.equal(get(manifest, 'version'), VERSION);
  t.equal(PLUGIN, VERSION);
  t.equal(get(parseObject(fileText('package-lock.json')), 'version'), VERSION);
  t.same(strayVersions(ROOT, VERSION), []);
  t.match(fileText('CHANGELOG.md'), `\n## ${VERSION}`);
});

t.test('another version is written to every place, and nothing else changes', async (t) => {
  const copy = t.testdir();
  for (const [file] of PLACES) {
    mkdirSync(join(copy, dirname(file)), { recursive: true });
    cpSync(join(ROOT, file), join(copy, file));
  }
  t.not(strayVersions(copy, '9.8.7').length, 0);
  writeVersion(copy, '9.8.7-rc.1');
  t.same(strayVersions(copy, '9.8.7-rc.1'), []);
  writeVersion(copy, VERSION);
  for (const [file] of PLACES) t.equal(readFileSync(join(copy, file), 'utf8'), fileText(file), file);
});

t.test('an archive depends on its content alone', async (t) => {
  const folder = t.testdir({ source: 'x'.repeat(5000) });
  const entries = [
    { kind: 'file', path: 'tool', mode: 0o755, source: join(folder, 'source') },
    { kind: 'text', path: 'LICENSE', mode: 0o644, content: 'free' },
  ] as const;
  await writeTarGz(join(folder, 'one.tar.gz'), entries);
  utimesSync(join(folder, 'source'), 1, 1);
  await writeTarGz(join(folder, 'two.tar.gz'), entries);
  t.ok(readFileSync(join(folder, 'one.tar.gz')).equals(readFileSync(join(folder, 'two.tar.gz'))));
  t.match(
    execFileSync('tar', ['-tvzf', join(folder, 'one.tar.gz')], { encoding: 'utf8' }),
    /-rwxr-xr-x 0\/0 +5000 .*tool/,
  );
});

t.test('the licences of all packages that files come from are passed on, once each', async (t) => {
  t.same(
    packagesOf([
      'node_modules/@scope/a/lib/x.js',
      'node_modules/b/node_modules/c/y.js',
      'webhook/main.ts',
      'node_modules/b/z.js',
      'node_modules/@scope/a/lib/y.js',
    ]),
    ['node_modules/@scope/a', 'node_modules/b', 'node_modules/b/node_modules/c'],
  );
  const root = t.testdir({
    a: { 'package.json': '{"name":"a","version":"1.0.0","license":"MIT"}', 'LICENSE.md': 'Do what you like.\n' },
    b: { 'package.json': '{"name":"b","version":"2.0.0","license":"ISC"}' },
  });
  const told = licensesOf(root, ['a', 'b', 'a']);
  t.match(told, 'a 1.0.0 (MIT)\n\nDo what you like.\n');
  t.match(told, 'b 2.0.0 (ISC)\n\nThe package brings no text; its licence is ISC.');
  t.equal(told.split('a 1.0.0').length, 2);
});

t.test('the bill of materials has everything that is shipped, and does not vary', async (t) => {
  const bill = await billOfMaterials(ROOT, [nodeComponent('24.0.0')]);
  t.equal(await billOfMaterials(ROOT, [nodeComponent('24.0.0')]), bill);
  const bom = parseObject(bill);
  t.match(bom, {
    bomFormat: 'CycloneDX',
    serialNumber: /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    metadata: { component: { name: 'bluegreen', version: VERSION } },
  });
  t.equal(at(bom, 'metadata', 'timestamp'), undefined);
  const names = new Set(list(bom?.['components']).map((component) => text(get(component, 'name'))));
  for (const name of [...Object.keys(get(manifest, 'dependencies') ?? {}), 'node']) t.ok(names.has(name), name);
  for (const name of Object.keys(get(manifest, 'devDependencies') ?? {}))
    if (!name.startsWith('@types/')) t.notOk(names.has(name), `${name} is not shipped`);
});

t.test('docs/security.md names every dependency that is shipped, and no other', async (t) => {
  const page = fileText('docs/security.md').split('## What it is made of')[1]?.split('\n## ')[0] ?? '';
  const rows = [...page.matchAll(/^\| (`.+?) \|/gm)].flatMap(
    ([, cell = '']) => cell.match(/(?<=`)[^`, ]+(?=`)/g) ?? [],
  );
  t.same(rows.toSorted(), Object.keys(get(manifest, 'dependencies') ?? {}).toSorted());
});

t.test('an audit that found nothing, something, or nobody to ask', async (t) => {
  const none = { critical: 0, high: 0, moderate: 0, low: 0, total: 0 };
  t.match(judge(JSON.stringify({ vulnerabilities: {}, metadata: { vulnerabilities: none } })), {
    asked: true,
    found: 0,
    lines: ['No known vulnerability in what is shipped.'],
  });
  const via = [{ title: 'Prototype pollution' }];
  const vulnerabilities = { yaml: { severity: 'high', range: '<2', via } };
  t.match(judge(JSON.stringify({ vulnerabilities, metadata: { vulnerabilities: { ...none, high: 1 } } })), {
    asked: true,
    found: 1,
    lines: ['high yaml <2: Prototype pollution'],
  });
  for (const answer of ['', 'no JSON', '{"message":"405 Method Not Allowed"}'])
    t.match(judge(answer), { asked: false, found: 0, lines: [/^The npm registry could not be asked/] });
});

/** What a release says on standard error, or does. */
function release(...args: readonly string[]): string {
  try {
    return execFileSync(process.execPath, [join(ROOT, 'scripts/release.ts'), ...args], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  } catch (error) {
    return String(error instanceof Error && 'stderr' in error ? error.stderr : error);
  }
}

t.test('a wrong version or platform is denied before anything is made', async (t) => {
  t.equal(
    release('9.8.7').trim(),
    `package.json says ${VERSION}, not 9.8.7. Set it everywhere with: npm version 9.8.7`,
  );
  t.match(release('--platform', 'plan9-amd64'), /^No such platform: plan9-amd64\. There are linux-amd64/);
});
