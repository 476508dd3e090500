import { unlessStatus } from '../../common/kube/errors.ts';
import { CONFLICT } from '../../common/http-status.ts';
import { typeOf } from '../events/occurrence.ts';
import type { EventStore, EventToWrite } from '../events/store.ts';
import type { JsonObject } from '../../common/json.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import type { KubeClient } from './client.ts';
import { microTime } from './time.ts';

/** Who writes the Events, as `kubectl describe` shows it. */
const REPORTER = 'bluegreen.dev/webhook';

/** Bytes that the API server takes. */
const NOTE_LIMIT = 1024;

/** Events of events.k8s.io/v1 on a real API server, in the namespace of what they are about. */
export function createEventStore(client: KubeClient, pod: string): EventStore {
  return {
    // By the right to list, which the webhook has anyway.
    async read({ group, namespace, name }, signal) {
      const path = resourcePath(`${group}/v1alpha1`, 'traefikservices', { namespace });
      const [found = null] = await client.listOrNone(path, {
        query: { fieldSelector: `metadata.name=${name}` },
        attempt: `read TraefikService ${namespace}/${name}`,
        signal,
      });
      return found;
    },
    async create(event, signal) {
      const { namespace } = event.subject;
      const attempt = `write an Event in namespace ${namespace}`;
      const created = client.create(eventPath(namespace), bodyOf(event, pod), { attempt, signal });
      await unlessStatus([CONFLICT], null, created);
    },
    async repeat(event, signal) {
      const { subject, name } = event;
      const body = { series: seriesOf(event) };
      await client.patch(eventPath(subject.namespace, name), 'merge', body, {
        attempt: `count an Event in namespace ${subject.namespace}`,
        signal,
      });
    },
  };
}

function eventPath(namespace: string, name?: string): string {
  return resourcePath('events.k8s.io/v1', 'events', { namespace, ...(name !== undefined && { name }) });
}

function bodyOf(event: EventToWrite, pod: string): JsonObject {
  const { subject, reason, note, name, first, count } = event;
  const { group, namespace, uid } = subject;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, namespace },
    eventTime: microTime(first),
    ...(count > 1 && { series: seriesOf(event) }),
    reportingController: REPORTER,
    reportingInstance: pod,
    action: 'Admit',
    reason,
    type: typeOf(reason),
    note: cut(note),
    regarding: {
      apiVersion: `${group}/v1alpha1`,
      kind: 'TraefikService',
      namespace,
      name: subject.name,
      ...(uid !== null && { uid }),
    },
  };
}

function seriesOf({ count, last }: EventToWrite): JsonObject {
  return { count, lastObservedTime: microTime(last) };
}

/** At most as many bytes as the API server takes, without half a character at the end. */
function cut(note: string): string {
  const bytes = Buffer.from(note);
  if (bytes.length <= NOTE_LIMIT) return note;
  const kept = bytes.subarray(0, NOTE_LIMIT - 3).toString();
  return `${kept.replace(/\uFFFD$/, '')}…`;
}
