// Programs that come out of a Debian package without installing it: no daemon, no user, nothing outside the cache.
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '../../../scripts/lib/cache.ts';
import type { Terminal } from './build.ts';
import { COMPLETE, isComplete } from './cache.ts';
import { withLock } from './lock.ts';
import { Problem } from '../../../scripts/lib/problem.ts';
import { run, runOk } from '../../../scripts/lib/run.ts';

export interface Package {
  readonly id: string;
  /** Debian's name. */
  readonly debian: string;
  /** Paths in the package; the last part is the program's name. */
  readonly programs: readonly string[];
  /** Where else a person gets them. */
  readonly elsewhere: string;
}

export const PACKAGES: readonly Package[] = [
  {
    id: 'prometheus',
    debian: 'prometheus',
    programs: ['usr/bin/promtool', 'usr/bin/prometheus'],
    elsewhere: 'https://prometheus.io/download',
  },
  {
    id: 'bash-completion',
    debian: 'bash-completion',
    programs: ['usr/share/bash-completion/bash_completion'],
    elsewhere: 'https://github.com/scop/bash-completion',
  },
];

const UNFINISHED = '.unpacking-';

function nameOf(path: string): string {
  return path.split('/').at(-1) ?? path;
}

function folderOf({ id }: Package, root: string): string {
  return join(root, 'tools', `${id}-debian-${process.platform}-${process.arch}`);
}

function onPath(program: string, env: NodeJS.ProcessEnv): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}

function isThere(wanted: Package, root: string, env: NodeJS.ProcessEnv): boolean {
  return isComplete(folderOf(wanted, root)) || wanted.programs.every((path) => onPath(nameOf(path), env) !== undefined);
}

/** Packages that are still to be unpacked. */
export function missingPackages(
  named: readonly string[],
  root: string = cacheFolder(),
  env: NodeJS.ProcessEnv = process.env,
): readonly Package[] {
  return PACKAGES.filter((wanted) => named.includes(wanted.id) && !isThere(wanted, root, env));
}

/** A program of an unpacked package, or the machine's own; throws a Problem that says how to get it. */
export function packageProgram(
  id: string,
  name: string,
  root: string = cacheFolder(),
  env: NodeJS.ProcessEnv = process.env,
): string {
  const wanted = PACKAGES.find((candidate) => candidate.id === id);
  if (wanted === undefined) throw new Problem(`There is no package called ${id}.`);
  const folder = folderOf(wanted, root);
  if (isComplete(folder)) return join(folder, name);
  const own = onPath(name, env);
  if (own !== undefined) return own;
  throw new Problem(`${name} is not there yet. Get it with: node_modules/.bin/node test/cluster/tools/main.ts ${id}`);
}

async function download({ debian }: Package, into: string): Promise<string> {
  function fetch() {
    return run('apt-get', ['-q', '-o', 'APT::Sandbox::User=root', 'download', debian], { cwd: into });
  }
  const first = await fetch();
  const { code, stderr } = first.code === 0 ? first : await runOk('apt-get', ['update', '-qq']).then(fetch);
  const [file] = globSync('*.deb', { cwd: into });
  if (code !== 0 || file === undefined) throw new Problem(stderr.trim());
  return join(into, file);
}

async function unpack(wanted: Package, root: string): Promise<void> {
  const folder = folderOf(wanted, root);
  const unfinished = mkdtempSync(`${folder}${UNFINISHED}`);
  try {
    const content = join(unfinished, 'content');
    await runOk('dpkg-deb', ['-x', await download(wanted, unfinished), content]);
    const finished = join(unfinished, 'finished');
    mkdirSync(finished);
    for (const path of wanted.programs) renameSync(join(content, path), join(finished, nameOf(path)));
    const sizes = wanted.programs.map((path): [string, number] => {
      chmodSync(join(finished, nameOf(path)), 0o755);
      return [nameOf(path), statSync(join(finished, nameOf(path))).size];
    });
    writeFileSync(join(finished, COMPLETE), JSON.stringify(Object.fromEntries(sizes)));
    rmSync(folder, { recursive: true, force: true });
    renameSync(finished, folder);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const names = wanted.programs.map(nameOf).join(' and ');
    throw new Problem(
      `${why}\nCannot get ${names} from Debian. Install ${wanted.programs.length > 1 ? 'both' : 'it'} (${wanted.elsewhere}) on PATH.`,
    );
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Unpacks what is neither in the cache nor on PATH, one process at a time on this machine. */
export async function unpackPackages(named: readonly string[], root: string, { say, now }: Terminal): Promise<void> {
  if (missingPackages(named, root).length === 0) return;
  function waiting(): void {
    say('another process is unpacking; waiting for it ...');
  }
  await withLock(join(root, 'tools', 'packages-lock'), waiting, async () => {
    for (const wanted of missingPackages(named, root)) {
      const started = now();
      say(`${wanted.id}: unpacking Debian's package into ${root}, without installing it ...`);
      await unpack(wanted, root);
      say(`${wanted.id}: done in ${Math.round((now() - started) / 1000)} s`);
    }
  });
}
