import type { Test } from 'tap';
import { objectsAt } from '../../common/json-paths.ts';
import { annotation, at, get, list, number, text } from '../../common/json.ts';
import { readRecord } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Cluster } from '../cluster/index.ts';
import { whileLate } from '../cluster/late.ts';
import { allTo } from '../objects.ts';
import { connect, MERGE_PATCH } from './api.ts';
import type { Call } from './api.ts';

export interface Said {
  readonly ok: boolean;
  /** Standard output and error. */
  readonly said: string;
}

/** Somebody at a terminal, in one namespace. */
export interface Person {
  readonly namespace: string;
  /** Types a command line after `kubectl`; a word in single quotes may have spaces. */
  run(line: string, input?: string): Promise<Said>;
  /** A command that has to succeed and to say all this; what it said. */
  may(t: Test, line: string, ...says: readonly string[]): Promise<string>;
  /** A command that has to be denied in words that have all this; what it said. */
  mayNot(t: Test, line: string, ...says: readonly string[]): Promise<string>;
  /** Creates a TraefikService without kubectl, where the way of writing does not matter; it has to succeed. */
  create(t: Test, object: JsonObject): Promise<void>;
  /** Writes a merge patch of a TraefikService without kubectl; it has to succeed. */
  patch(t: Test, name: string, patch: JsonObject): Promise<void>;
  /** A TraefikService as it is stored, read without kubectl; null where there is none. */
  stored(name: string): Promise<JsonObject | null>;
  /** Pods by their labels, read without kubectl. */
  pods(selector: string): Promise<readonly JsonObject[]>;
}

function messageOf(body: JsonObject): string {
  return text(body['message']) ?? '';
}

const WORD = /'([^']*)'|\S+/g;

/** @param user impersonated; the cluster's administrator unless given */
export function personIn(cluster: Pick<Cluster, 'api' | 'kubectl'>, namespace: string, user?: string): Person {
  const client = connect(cluster, 1);
  const path = `/apis/traefik.io/v1alpha1/namespaces/${namespace}/traefikservices`;
  const who = user === undefined ? [] : [`--as=${user}`];
  async function once(line: string, input?: string): Promise<Said> {
    const words = [...line.matchAll(WORD)].map(([word, quoted]) => quoted ?? word);
    const { code, stdout, stderr } = await cluster.kubectl(
      [...words, '-n', namespace, ...who],
      input === undefined ? {} : { input },
    );
    return { ok: code === 0, said: `${stdout}${stderr}`.trim() };
  }
  async function write(t: Test, method: 'POST' | 'PATCH', name: string, call: Call): Promise<void> {
    const { status, body } = await whileLate(
      () => client.call(method, `${path}${name}`, { ...call, user: user ?? null }),
      (reply) => (reply.status < 300 ? '' : messageOf(reply.body)),
    );
    t.ok(status < 300, `${method} ${name}\n${messageOf(body)}`);
  }
  const run: Person['run'] = (line, input) =>
    whileLate(
      () => once(line, input),
      ({ ok, said }) => (ok ? '' : said),
    );
  async function checked(t: Test, ok: boolean, line: string, says: readonly string[]): Promise<string> {
    const answer = await run(line);
    t.equal(answer.ok, ok, `${line}\n${answer.said}`);
    for (const part of says) t.match(answer.said, part, line);
    return answer.said;
  }
  return {
    namespace,
    run,
    may: (t, line, ...says) => checked(t, true, line, says),
    mayNot: (t, line, ...says) => checked(t, false, line, says),
    create: (t, object) => write(t, 'POST', '', { body: object }),
    patch: (t, name, patch) => write(t, 'PATCH', `/${name}`, { body: patch, type: MERGE_PATCH }),
    stored: async (name) => {
      const { status, body } = await client.call('GET', `${path}/${name}`);
      if (status !== 200 && status !== 404) throw new Error(`${name}: ${status} ${JSON.stringify(body)}`);
      return status === 200 ? body : null;
    },
    pods: async (selector) => {
      const query = new URLSearchParams({ labelSelector: selector }).toString();
      return objectsAt((await client.call('GET', `/api/v1/namespaces/${namespace}/pods?${query}`)).body, 'items');
    },
  };
}

type Annotations = Readonly<Record<string, string | null>>;

/** Annotations by their whole keys. */
export function prefixed(annotations: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`bluegreen.dev/${key}`, value]));
}

/** A merge patch of annotations (short keys); null takes one away. */
export function annotated(annotations: JsonObject): JsonObject {
  return { metadata: { annotations: prefixed(annotations) } };
}

/** A merge patch: all weight to one color, with annotations if given (short keys). */
export function switched(color: 'blue' | 'green', annotations: Annotations = {}): JsonObject {
  return { ...annotated(annotations), spec: allTo(color) };
}

/** The same for `kubectl patch`. */
export function toColor(color: 'blue' | 'green', annotations: Annotations = {}): string {
  return `--type=merge -p '${JSON.stringify(switched(color, annotations))}'`;
}

/** How a TraefikService's name begins where both groups are installed. */
export const NAMED = 'traefikservice.traefik.io';

/** What a TraefikService says, in a word or two: `100 0: green, previous blue`. */
export async function live(person: Person, name: string): Promise<string> {
  const object = await person.stored(name);
  const weights = list(at(object, 'spec', 'weighted', 'services')).flatMap(
    (entry) => number(get(entry, 'weight')) ?? [],
  );
  const active = annotation(object, 'bluegreen.dev/active') ?? 'nobody';
  const previous = annotation(object, 'bluegreen.dev/previous');
  return `${weights.join(' ')}: ${active}${previous === null ? '' : `, previous ${previous}`}`;
}

/** The history of a TraefikService: `promotion blue to green by alice`. */
export async function history(person: Person, name: string): Promise<readonly string[]> {
  const events = readRecord(await person.stored(name)).history;
  return events.map(({ kind, from, to, by, override }) => {
    const what = kind === 'creation' ? `creation with ${to}` : `${kind} ${from ?? 'nothing'} to ${to}`;
    return `${what} by ${by ?? 'nobody'}${override === null ? '' : ` (${override})`}`;
  });
}
