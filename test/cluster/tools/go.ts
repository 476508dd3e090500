import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Problem } from '../../../scripts/lib/problem.ts';
import { runOk } from '../../../scripts/lib/run.ts';

const ENV = { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -trimpath -buildvcs=false', GOWORK: 'off' };

// setpriv: an abandoned compiler would go on for minutes.
function bound(args: readonly string[]): string[] {
  return ['--pdeathsig', 'KILL', 'go', ...args];
}

const LAST_LINES = 8;
/** `go build -v` names each package that it begins to compile; everything else that it prints has a space in it. */
const PACKAGE = /^[^\s#]+$/;

/** The go command's environment, for a version of Go that it fetches where the machine's own is another. */
function environment(toolchain: string | undefined) {
  return { ...ENV, ...(toolchain === undefined ? {} : { GOTOOLCHAIN: toolchain }) };
}

/**
 * Runs the go command in a folder and returns its output. Throws a Problem with its last lines if it fails.
 * @param toolchain a version of Go, such as `go1.27.3`; the machine's own unless given
 */
export function go(folder: string, args: readonly string[], toolchain?: string): Promise<string> {
  return runOk('setpriv', bound(args), { cwd: folder, env: environment(toolchain) });
}

/**
 * No debugging information, which nothing here reads, saves three percent of the time; a compiler that collects no
 * garbage before it has half a GiB saves a sixth, and most never have.
 */
const COMPILER = '-gcflags=all=-dwarf=false -d=gcstart=512';

/** What is built: the linker's flags, the build tags, where to, and of what. */
export interface GoBuild {
  readonly linker: string;
  readonly tags: readonly string[];
  readonly into: string;
  readonly from: readonly string[];
  /** A version of Go, such as `go1.27.3`; the machine's own unless given. */
  readonly toolchain?: string | undefined;
}

/**
 * Builds programs into a folder.
 * @param onPackage called for each package that is compiled, not for those that Go has in its cache
 */
export async function goBuild(
  folder: string,
  { linker, tags, into, from, toolchain }: GoBuild,
  onPackage: () => void,
): Promise<void> {
  const tagged = tags.length === 0 ? [] : [`-tags=${tags.join(',')}`];
  const args = ['build', '-v', COMPILER, ...tagged, '-ldflags', linker, '-o', `${into}/`, ...from];
  const child = spawn('setpriv', bound(args), {
    cwd: folder,
    env: { ...process.env, ...environment(toolchain) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (PACKAGE.test(line)) onPackage();
    else said.push(line);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', ({ message }) =>
      reject(new Problem(`Cannot run go: ${message}. Is setpriv (util-linux) there?`)),
    );
  });
  if (code !== 0) {
    throw new Problem(`go build ${from.join(' ')} failed in ${folder}:\n${said.slice(-LAST_LINES).join('\n')}`);
  }
}
