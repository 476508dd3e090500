import type { AuditReader } from '../audit/reader.ts';
import { MODE_LABEL } from '../policy/index.ts';
import { at, isObject, list, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import type { KubeClient } from './client.ts';

/** TraefikServices of a few kilobytes: what is in memory at a time. */
const PAGE = '100';

/** How long one page may take, in milliseconds. */
const PAGE_MS = 10_000;

/** The AuditReader on a real API server. */
export function createAuditReader(client: KubeClient): AuditReader {
  async function* pages(path: string, attempt: string, query: Readonly<Record<string, string>>, signal: AbortSignal) {
    let next = '';
    do {
      const page: JsonObject | null = await client.get({
        path,
        query: { ...query, limit: PAGE, ...(next !== '' && { continue: next }) },
        attempt,
        signal: AbortSignal.any([signal, AbortSignal.timeout(PAGE_MS)]),
      });
      yield list(at(page, 'items')).filter(isObject);
      next = text(at(page, 'metadata', 'continue')) ?? '';
    } while (next !== '');
  }
  return {
    traefikServices: (group, signal) =>
      pages(`/apis/${group}/v1alpha1/traefikservices`, `list traefikservices.${group}`, {}, signal),
    async namespacesWithMode(modes, signal) {
      const query = { labelSelector: `${MODE_LABEL} in (${modes.join(',')})` };
      const names = new Set<string>();
      for await (const page of pages('/api/v1/namespaces', 'list namespaces by their mode', query, signal))
        for (const namespace of page) names.add(text(at(namespace, 'metadata', 'name')) ?? '');
      return names;
    },
  };
}
