import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { runOk } from '../../../scripts/lib/run.ts';

/** A Git repository on this machine with one branch, `main`, and a clone of it. */
export interface Repository {
  readonly url: string;
  /** The clone. */
  readonly folder: string;
  /** What git needs in its environment: an author, and nothing of the user's own configuration. */
  readonly env: Readonly<Record<string, string>>;
  /** Replaces a text in a file of the clone, wherever it stands; throws where it does not. */
  edit(file: string, from: string, to: string): void;
  /** Commits and pushes everything in the clone; the revision. */
  push(): Promise<string>;
  /** Writes what the last commit has into an archive. */
  archive(file: string): Promise<void>;
}

const ENV = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'alice',
  GIT_AUTHOR_EMAIL: 'alice@example.com',
  GIT_COMMITTER_NAME: 'alice',
  GIT_COMMITTER_EMAIL: 'alice@example.com',
};

/** Makes an empty repository, which is there until the test ends. */
export async function makeRepository(t: Test): Promise<Repository> {
  const place = mkdtempSync(join(tmpdir(), 'bluegreen-repository-'));
  t.teardown(() => rmSync(place, { recursive: true, force: true }));
  const [origin, folder] = [join(place, 'origin.git'), join(place, 'clone')];
  function git(...args: readonly string[]): Promise<string> {
    return runOk('git', args, { cwd: folder, env: ENV });
  }
  mkdirSync(folder);
  await git('init', '--quiet', '--bare', '--initial-branch=main', origin);
  await git('clone', '--quiet', `file://${origin}`, '.');
  return {
    url: `file://${origin}`,
    folder,
    env: ENV,
    edit: (file, from, to) => {
      const path = join(folder, file);
      const before = readFileSync(path, 'utf8');
      if (!before.includes(from)) throw new Error(`${file} has no ${from}`);
      writeFileSync(path, before.replaceAll(from, to));
    },
    push: async () => {
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '--message=a change');
      await git('push', '--quiet', '--set-upstream', 'origin', 'HEAD:main');
      return (await git('rev-parse', 'HEAD')).trim();
    },
    archive: async (file) => void (await git('archive', '--output', file, 'HEAD')),
  };
}
