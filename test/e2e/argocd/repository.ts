import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOk } from '../../../scripts/lib/run.ts';

/** A Git repository on this machine with one branch, `main`, and a clone of it. */
export interface Repository {
  readonly url: string;
  /** The clone. */
  readonly folder: string;
  /** What git needs in its environment: an author, and nothing of the user's own configuration. */
  readonly env: Readonly<Record<string, string>>;
  /** Commits and pushes everything in the clone; the revision. */
  push(): Promise<string>;
  remove(): void;
}

/** Makes a repository that holds a copy of a folder, under its name. */
export async function makeRepository(source: string, name: string): Promise<Repository> {
  const place = mkdtempSync(join(tmpdir(), 'bluegreen-repository-'));
  const [origin, folder] = [join(place, 'origin.git'), join(place, 'clone')];
  const env = {
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_AUTHOR_NAME: 'alice',
    GIT_AUTHOR_EMAIL: 'alice@example.com',
    GIT_COMMITTER_NAME: 'alice',
    GIT_COMMITTER_EMAIL: 'alice@example.com',
  };
  function git(...args: readonly string[]): Promise<string> {
    return runOk('git', args, { cwd: folder, env });
  }
  mkdirSync(folder);
  await git('init', '--quiet', '--bare', '--initial-branch=main', origin);
  await git('clone', '--quiet', `file://${origin}`, '.');
  cpSync(source, join(folder, name), { recursive: true });
  return {
    url: `file://${origin}`,
    folder,
    env,
    push: async () => {
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '--message=a change');
      await git('push', '--quiet', '--set-upstream', 'origin', 'HEAD:main');
      return (await git('rev-parse', 'HEAD')).trim();
    },
    remove: () => rmSync(place, { recursive: true, force: true }),
  };
}
