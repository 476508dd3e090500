import { resourcePath } from '../../common/kube/paths.ts';
import type { JsonObject } from '../../common/json.ts';
import { get, number } from '../../common/json.ts';
import { isReady, nameOf } from '../../common/objects.ts';
import type { Client } from '../kube/client.ts';
import { stringAt } from '../../common/json-paths.ts';
import { oneLine, shortLine } from '../printers/line.ts';
import { troubleOf } from './trouble.ts';
import type { Trouble } from './trouble.ts';

/** Why pods do not get ready, or do not come, in one line each. */
export interface Diagnosis {
  readonly lines: readonly string[];
  /** No amount of waiting cures it. */
  readonly hopeless: boolean;
}

export interface DiagnosisQuery {
  readonly namespace: string;
  readonly pods: readonly JsonObject[];
  /** What ought to create the pods: ReplicaSets, StatefulSets, Jobs. */
  readonly owners: readonly JsonObject[];
}

/** What controllers put around the denial itself; a pod's name is another one at every attempt. */
const AROUND =
  /^(?:\(combined from similar events\): )?(?:Error creating: |create Pod \S+ in \S+ \S+ failed error: )?(?:pods "[^"]*" is forbidden: )?/;
/** Characters of a container's last line that are shown. */
const LINE = 160;

/**
 * Looks at pods and their owners. Equal troubles of several pods become one line. What may not be read (events, logs) is
 * left out: this never rejects but for an interruption.
 */
export async function diagnose(client: Client, query: DiagnosisQuery, signal: AbortSignal): Promise<Diagnosis> {
  const waiting = query.pods.filter(
    (pod) => !isReady(pod) && stringAt(pod, 'metadata', 'deletionTimestamp') === undefined,
  );
  const troubles = waiting.flatMap((pod) => troubleOf(pod) ?? []);
  const texts = await Promise.all(troubles.map((trouble) => explain(client, query, trouble, signal)));
  const denials = await Promise.all(query.owners.map((owner) => denial(client, query.namespace, owner, signal)));
  const counted = new Map<string, number>();
  for (const text of texts) counted.set(text, (counted.get(text) ?? 0) + 1);
  return {
    lines: [
      ...denials.flatMap((line) => line ?? []),
      ...[...counted].map(([text, count]) => (count === 1 ? text : `${text} (${count} pods)`)),
    ],
    hopeless: troubles.length > 0 && troubles.every((trouble) => trouble.hopeless),
  };
}

async function explain(
  client: Client,
  { namespace, pods }: DiagnosisQuery,
  trouble: Trouble,
  signal: AbortSignal,
): Promise<string> {
  if (trouble.log !== null) {
    const last = await lastLine(client, namespace, trouble.pod, trouble.log, signal);
    return last === null ? trouble.text : `${trouble.text}, last line: ${last}`;
  }
  const pod = pods.find((each) => nameOf(each) === trouble.pod);
  if (!trouble.unready || pod === undefined) return trouble.text;
  const probe = await latestEvent(client, namespace, pod, ['Unhealthy'], signal);
  return probe === null ? trouble.text : `${trouble.text} (${probe})`;
}

/** Why an owner may not create pods: quota, policy, an admission webhook. Null where it may. */
async function denial(
  client: Client,
  namespace: string,
  owner: JsonObject,
  signal: AbortSignal,
): Promise<string | null> {
  const wanted = number(get(owner['spec'], 'replicas')) ?? number(get(owner['spec'], 'parallelism')) ?? 1;
  const present = number(get(owner['status'], 'replicas')) ?? number(get(owner['status'], 'active')) ?? 0;
  if (present >= wanted) return null;
  const message = await latestEvent(client, namespace, owner, ['FailedCreate'], signal);
  return message === null ? null : `FailedCreate: ${message.replace(AROUND, '')}`;
}

/** The message of an object's newest event of these reasons; null where there is none or it may not be read. */
async function latestEvent(
  client: Client,
  namespace: string,
  object: JsonObject,
  reasons: readonly string[],
  signal: AbortSignal,
): Promise<string | null> {
  const uid = stringAt(object, 'metadata', 'uid');
  if (uid === undefined) return null;
  const path = resourcePath('v1', 'events', { namespace });
  const events = await client
    .list(path, { query: { fieldSelector: `involvedObject.uid=${uid}` }, signal, quiet: true })
    .catch(() => []);
  const found = events
    .filter((event) => reasons.includes(stringAt(event, 'reason') ?? ''))
    .sort((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1));
  const message = stringAt(found[0], 'message');
  return message === undefined ? null : oneLine(message);
}

function timeOf(event: JsonObject): string {
  return stringAt(event, 'lastTimestamp') ?? stringAt(event, 'eventTime') ?? '';
}

/** The last line that a container wrote. */
async function lastLine(
  client: Client,
  namespace: string,
  pod: string,
  { container, previous }: NonNullable<Trouble['log']>,
  signal: AbortSignal,
): Promise<string | null> {
  const path = resourcePath('v1', 'pods', { namespace, name: pod, subresource: 'log' });
  const query = { container, tailLines: '5', previous: previous ? 'true' : undefined };
  let last: string | null = null;
  try {
    for await (const line of client.lines(path, { query, signal }))
      if (line.trim() !== '') last = shortLine(line, LINE);
  } catch {
    return null;
  }
  return last;
}
