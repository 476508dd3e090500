import { unlessStatus } from '../../common/kube/errors.ts';
import type { AuditReader } from '../audit/reader.ts';
import { targetOf } from '../audit/inspect.ts';
import { GROUPS, MODE_LABEL } from '../policy/index.ts';
import type { Group } from '../policy/index.ts';
import { FORBIDDEN, NOT_FOUND } from '../../common/http-status.ts';
import type { Page, Query } from '../../common/kube/client.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import { nameOf } from '../../common/objects.ts';
import { watchChanges } from './changes.ts';
import type { KubeClient } from './client.ts';

/** TraefikServices of a few kilobytes: what is in memory at a time. */
const PAGE = 100;

/** How long one page may take, in milliseconds. */
const PAGE_MS = 10_000;

const NO_PAGE: Page = { items: [], next: null };

function collection(group: Group, namespace: string | null = null): string {
  return resourcePath(`${group}/v1alpha1`, 'traefikservices', { namespace });
}

/** The AuditReader on a real API server. */
export function createAuditReader(client: KubeClient): AuditReader {
  /** Nothing where the kind does not exist. */
  async function* pages(path: string, attempt: string, query: Query, signal: AbortSignal, none = [NOT_FOUND]) {
    let next: string | null = null;
    do {
      const options = { query, attempt, signal: AbortSignal.any([signal, AbortSignal.timeout(PAGE_MS)]) };
      const page: Page = await unlessStatus(none, NO_PAGE, client.page(path, PAGE, next, options));
      yield page.items;
      next = page.next;
    } while (next !== null);
  }
  return {
    traefikServices: (group, signal) => pages(collection(group), `list traefikservices.${group}`, {}, signal),
    // The webhook may list them for its guards; without guards, none are looked at.
    ingressRoutes: (group, signal) =>
      pages(resourcePath(`${group}/v1alpha1`, 'ingressroutes'), `list ingressroutes.${group}`, {}, signal, [
        NOT_FOUND,
        FORBIDDEN,
      ]),
    // By the right to list, which the webhook has anyway.
    async traefikService({ group, namespace, name }, signal) {
      const [found = null] = await client.listOrNone(collection(group, namespace), {
        query: { fieldSelector: `metadata.name=${name}` },
        attempt: `read TraefikService ${namespace}/${name}`,
        signal,
      });
      return found;
    },
    async watch({ onChange, onProblem }, signal) {
      const reasons = new Map<Group, string>();
      const watches = GROUPS.map((group) =>
        watchChanges(
          client,
          collection(group),
          {
            onChange: (object) => onChange(targetOf(group, object)),
            onProblem(reason) {
              reasons.set(group, reason);
              onProblem([...reasons.values()].find((each) => each !== '') ?? '');
            },
          },
          signal,
        ),
      );
      await Promise.all(watches);
    },
    async namespacesWithMode(modes, signal) {
      const query = { labelSelector: `${MODE_LABEL} in (${modes.join(',')})` };
      const names = new Set<string>();
      for await (const page of pages(resourcePath('v1', 'namespaces'), 'list namespaces by their mode', query, signal))
        for (const namespace of page) names.add(nameOf(namespace));
      return names;
    },
  };
}
