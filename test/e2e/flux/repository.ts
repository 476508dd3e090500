// A Git repository on this machine, and what Flux's source-controller makes of a commit: an archive that it serves.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { runOk } from '../../../scripts/lib/run.ts';

/** Manifests by the names of their files. */
export type Files = Readonly<Record<string, string>>;

/** A commit's archive as the status of a source describes it. */
export interface Artifact {
  readonly path: string;
  readonly url: string;
  readonly revision: string;
  readonly digest: string;
  readonly lastUpdateTime: string;
  readonly size: number;
}

export interface Repository {
  /** Commits these files in place of all others; the archive can be fetched from now on. */
  commit(files: Files): Promise<Artifact>;
}

const AUTHOR = ['-c', 'user.name=alice', '-c', 'user.email=alice@example.com', '-c', 'commit.gpgsign=false'];

/** Makes an empty repository, whose archives are served over loopback until the test ends. */
export async function createRepository(t: Test): Promise<Repository> {
  const folder = mkdtempSync(join(tmpdir(), 'bluegreen-repository-'));
  const archives = new Map<string, Buffer>();
  const server = createServer(({ url = '' }, response) => {
    const archive = archives.get(url);
    response.writeHead(archive === undefined ? 404 : 200).end(archive);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  function git(...args: readonly string[]): Promise<string> {
    return runOk('git', ['-C', folder, ...AUTHOR, ...args]);
  }
  await git('init', '--quiet', '--initial-branch=main');

  async function commit(files: Files): Promise<Artifact> {
    await git('rm', '-r', '--quiet', '--ignore-unmatch', '.');
    for (const [name, manifest] of Object.entries(files)) writeFileSync(join(folder, name), manifest);
    await git('add', '--all');
    await git('commit', '--quiet', '--allow-empty', '-m', 'shop: another state');
    const hash = (await git('rev-parse', 'HEAD')).trim();
    const file = join(folder, '.git', `${hash}.tar.gz`);
    await runOk('tar', ['-czf', file, '-C', folder, '--exclude=.git', '.']);
    const path = `/gitrepository/shop/${hash}.tar.gz`;
    const archive = readFileSync(file);
    archives.set(path, archive);
    return {
      path: path.slice(1),
      url: `http://127.0.0.1:${port}${path}`,
      revision: `main@sha1:${hash}`,
      digest: `sha256:${createHash('sha256').update(archive).digest('hex')}`,
      lastUpdateTime: `${new Date().toISOString().slice(0, 19)}Z`,
      size: archive.length,
    };
  }
  return { commit };
}
