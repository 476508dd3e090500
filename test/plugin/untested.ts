import type { Answer, Call } from '../api-server.ts';
import { status } from './fake-cluster.ts';

/** What the webhook answers to the dry run of a promotion, with one finding a line. */
export function deniedBy(...findings: readonly string[]) {
  const [only = ''] = findings;
  const list = findings.length === 1 ? only : `${findings.length} findings:\n- ${findings.join('\n- ')}`;
  const message = `admission webhook "promotion.bluegreen.dev" denied the request: ${list}\nSee https://example.test`;
  return ({ method, url }: Call): Answer | null =>
    method === 'PATCH' && url.includes('traefikservices') && url.includes('dryRun')
      ? status(403, 'Forbidden', message)
      : null;
}

/** The usual answer before a release: nothing but the test is missing. */
export const untested = deniedBy('smoke-test: green gains weight, but no smoke test of it is recorded');
