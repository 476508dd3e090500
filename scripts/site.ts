/**
 * Builds the pages as a static site in dist/site: `npm run site`. Fails if the build warns, if a link leads nowhere, or if
 * an address that programs print is missing. The first run installs what builds it, in site/node_modules.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCS_URL } from '../common/docs.ts';
import { Problem, reportProblem } from './lib/problem.ts';
import { run } from './lib/run.ts';
import { readSite } from './site/files.ts';
import { answers, brokenLinks } from './site/links.ts';

const ROOT = join(import.meta.dirname, '..');
const SITE = join(ROOT, 'site');
const OUT = join(ROOT, 'dist', 'site');
/** The page of a denial: the address has `.md`, so that a folder on a code host can be the `docsUrl` as well. */
const DENIAL = `${new URL(DOCS_URL).pathname}/checks.md`;

/** Installs the packages of the site as its lock file has them, unless they are there. */
async function install(): Promise<void> {
  const stamp = join(SITE, 'node_modules', '.bluegreen-lock');
  const lock = readFileSync(join(SITE, 'package-lock.json'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  const { code, stderr } = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd: SITE });
  if (code !== 0) throw new Problem(`npm ci failed in site: ${stderr}`);
  writeFileSync(stamp, lock);
}

async function build(): Promise<void> {
  rmSync(OUT, { recursive: true, force: true });
  const program = join(SITE, 'node_modules', 'vitepress', 'bin', 'vitepress.js');
  const { code, stdout, stderr } = await run(process.execPath, [program, 'build', 'site'], {
    cwd: ROOT,
    env: { NO_COLOR: '1' },
  });
  const printed = `${stdout}${stderr}`;
  if (code !== 0 || /warn|dead link/i.test(printed)) throw new Problem(`The site does not build cleanly:\n${printed}`);
}

async function main(): Promise<void> {
  await install();
  await build();
  const files = readSite(OUT);
  const broken = brokenLinks(files);
  if (broken.length > 0) throw new Problem(`Links of the site lead nowhere:\n${broken.join('\n')}`);
  if (!answers(files, DENIAL)) throw new Problem(`The site does not have ${DENIAL}, which denials name.`);
  process.stdout.write(`${OUT}: ${files.size} files\n`);
}

await main().catch(reportProblem);
