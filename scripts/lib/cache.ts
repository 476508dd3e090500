import { homedir } from 'node:os';
import { join } from 'node:path';

/** The project's folder under the user's cache directory; what is in it can be deleted at any time. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'bluegreen');
}
