// What Flux's source-controller makes of a Git repository: an archive of each commit, which it serves.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { makeRepository } from '../gitops/repository.ts';

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

export interface Source {
  /** Commits these files in place of all others; the archive can be fetched from now on. */
  commit(files: Files): Promise<Artifact>;
}

/** Makes an empty repository, whose archives are served over loopback until the test ends. */
export async function makeSource(t: Test): Promise<Source> {
  const repository = await makeRepository(t);
  const archives = new Map<string, Buffer>();
  const folder = mkdtempSync(join(tmpdir(), 'bluegreen-archives-'));
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

  async function commit(files: Files): Promise<Artifact> {
    const before = readdirSync(repository.folder).filter((name) => name !== '.git');
    for (const name of before) rmSync(join(repository.folder, name));
    for (const [name, manifest] of Object.entries(files)) writeFileSync(join(repository.folder, name), manifest);
    const hash = await repository.push();
    const file = join(folder, `${hash}.tar.gz`);
    await repository.archive(file);
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
