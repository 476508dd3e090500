// Makes everything that is published, with the version of package.json, in dist/release:
//   npm run release -- [VERSION] [--base-url URL] [--platform OS-ARCH]… [--quick]
// The same sources and tools give the same bytes. `npm version X` sets another version everywhere first.
// --quick compresses little: enough to try a release, and too large to publish.
// The environment variable HELM names the Helm to use; without it, `helm` on PATH.
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  createReadStream,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { Problem, reportProblem } from './lib/problem.ts';
import { ARCHITECTURE } from '../images/image.ts';
import { webhookImage } from '../images/webhook.ts';
import { VERSION } from '../common/version.ts';
import { bundle } from './build.ts';
import { writeTarGz } from './release/archive.ts';
import { packageChart } from './release/chart.ts';
import { executableName, makeExecutable, PLATFORM_NOTES, platformName, PLATFORMS } from './release/executables.ts';
import type { Platform } from './release/executables.ts';
import { filesOf, writeImage } from './release/image.ts';
import { krewManifest } from './release/krew.ts';
import type { KrewArchive } from './release/krew.ts';
import { licensesOf, nodePackage, packagesOf } from './release/licenses.ts';
import { billOfMaterials, debianComponents, nodeComponent } from './release/sbom.ts';
import { strayVersions } from './release/version.ts';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');
const OUT = join(DIST, 'release');
const WORK = join(DIST, 'work');

function say(line: string): void {
  void process.stdout.write(`${line}\n`);
}

async function main(args: readonly string[]): Promise<void> {
  const { version, baseUrl, platforms, quick } = readFlags(args);
  checkVersion(version);
  rmSync(OUT, { recursive: true, force: true });
  for (const folder of [OUT, WORK]) mkdirSync(folder, { recursive: true });
  function at(name: string): string {
    return join(OUT, name);
  }

  const inputs = [...(await bundle('webhook')), ...(await bundle('plugin'))];
  copyFileSync(join(DIST, 'webhook.cjs'), at(`bluegreen-webhook_v${VERSION}.cjs`));
  copyFileSync(join(DIST, 'plugin.cjs'), at(`kubectl-bluegreen_v${VERSION}.cjs`));
  const node = nodePackage(ROOT);
  writeFileSync(
    at('THIRD-PARTY-LICENSES.txt'),
    licensesOf(ROOT, [...packagesOf(inputs), ...(node === null ? [] : [node])]),
  );

  await packageChart(
    join(ROOT, 'charts', 'bluegreen'),
    VERSION,
    at(`bluegreen-${VERSION}.tgz`),
    process.env['HELM'] ?? 'helm',
  );

  const programs = { webhook: textOf('webhook.cjs'), plugin: textOf('plugin.cjs') };
  const image = await webhookImage(programs, [`docker.io/bluegreen/webhook:${VERSION}`]);
  const archive = at(`bluegreen-webhook_v${VERSION}_linux_${ARCHITECTURE}.oci.tar`);
  await writeImage(image, join(WORK, 'images'), archive, quick);

  const archives: KrewArchive[] = [];
  for (const platform of platforms) archives.push(await archiveFor(platform, quick));
  if (baseUrl !== undefined) writeFileSync(at('bluegreen.yaml'), krewManifest(archives, VERSION, baseUrl));

  const others = [nodeComponent(process.versions.node), ...(await debianComponents(filesOf(image)))];
  writeFileSync(at(`bluegreen_v${VERSION}.cdx.json`), await billOfMaterials(ROOT, others));

  await writeSums();
  if (baseUrl === undefined) say('No Krew manifest: it needs --base-url, where the archives will be downloaded from.');
  say(`image: for linux/${ARCHITECTURE} only; run this on another machine, or docker buildx, for other architectures.`);
  for (const note of PLATFORM_NOTES) say(note);
}

interface Flags {
  readonly version: string;
  readonly baseUrl: string | undefined;
  readonly platforms: readonly Platform[];
  /** Compress little: it is only tried out. */
  readonly quick: boolean;
}

function readFlags(args: readonly string[]): Flags {
  const options = {
    'base-url': { type: 'string' },
    platform: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
  } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const known = PLATFORMS.map(platformName);
  const wanted = values.platform ?? known;
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Problem(`No such platform: ${unknown.join(', ')}. There are ${known.join(', ')}.`);
  return {
    version: positionals[0] ?? VERSION,
    baseUrl: values['base-url'],
    platforms: PLATFORMS.filter((platform) => wanted.includes(platformName(platform))),
    quick: values.quick,
  };
}

/** One version everywhere, and a changelog that tells of it. */
function checkVersion(wanted: string): void {
  if (wanted !== VERSION) {
    throw new Problem(`package.json says ${VERSION}, not ${wanted}. Set it everywhere with: npm version ${wanted}`);
  }
  const stray = strayVersions(ROOT, VERSION);
  if (stray.length > 0) {
    throw new Problem(`Not at version ${VERSION}:\n${stray.join('\n')}\nFix: node scripts/release/version.ts`);
  }
  if (!readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8').includes(`\n## ${VERSION}`)) {
    throw new Problem(`CHANGELOG.md has no section "## ${VERSION}". Write what is new in it.`);
  }
}

async function archiveFor(platform: Platform, quick: boolean): Promise<KrewArchive> {
  const { os, arch } = platform;
  const executable = executableName(platform);
  const source = makeExecutable(platform, join(DIST, 'plugin.cjs'), join(WORK, 'node'));
  const file = `kubectl-bluegreen_v${VERSION}_${os}_${arch}.tar.gz`;
  const entries = [
    { kind: 'file', path: executable, mode: 0o755, source },
    { kind: 'file', path: 'LICENSE', mode: 0o644, source: join(ROOT, 'LICENSE') },
    { kind: 'file', path: 'THIRD-PARTY-LICENSES.txt', mode: 0o644, source: join(OUT, 'THIRD-PARTY-LICENSES.txt') },
  ] as const;
  await writeTarGz(join(OUT, file), entries, quick);
  return { os, arch, file, sha256: await sha256(join(OUT, file)), executable };
}

/** SHA256SUMS of everything, as sha256sum --check reads it; says what was made, with its size. */
async function writeSums(): Promise<void> {
  const files = readdirSync(OUT).sort();
  const lines: string[] = [];
  for (const file of files) {
    lines.push(`${await sha256(join(OUT, file))}  ${file}\n`);
    say(`${(statSync(join(OUT, file)).size / 1e6).toFixed(2).padStart(8)} MB  dist/release/${file}`);
  }
  writeFileSync(join(OUT, 'SHA256SUMS'), lines.join(''));
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

function textOf(name: string): string {
  return readFileSync(join(DIST, name), 'utf8');
}

if (import.meta.main) await main(process.argv.slice(2)).catch(reportProblem);
