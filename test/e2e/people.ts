import type { Test } from 'tap';
import { annotation, parseObject } from '../../common/json.ts';
import { readRecord } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Kube } from '../cluster/index.ts';
import { allTo } from '../objects.ts';

export interface Said {
  readonly ok: boolean;
  /** Standard output and error. */
  readonly said: string;
}

/** Somebody at a terminal, in one namespace. */
export interface Person {
  /** Types a command line after `kubectl`; a word in single quotes may have spaces. */
  run(line: string, input?: string): Promise<Said>;
  /** A command that has to succeed and to say all this; what it said. */
  may(t: Test, line: string, ...says: readonly string[]): Promise<string>;
  /** A command that has to be denied in words that have all this; what it said. */
  mayNot(t: Test, line: string, ...says: readonly string[]): Promise<string>;
}

/** The mutating webhook has a second, so that no rollback waits longer: on a busy machine it can miss a write. */
const MISSED = /was not completed by the mutating webhook|the API server did not answer in time/;
const TRIES = 5;

const WORD = /'([^']*)'|\S+/g;

/** @param user impersonated; the cluster's administrator unless given */
export function personIn(kube: Kube, namespace: string, user?: string): Person {
  const who = user === undefined ? [] : [`--as=${user}`];
  async function once(line: string, input?: string): Promise<Said> {
    const words = [...line.matchAll(WORD)].map(([word, quoted]) => quoted ?? word);
    const { code, stdout, stderr } = await kube.kubectl(
      [...words, '-n', namespace, ...who],
      input === undefined ? {} : { input },
    );
    return { ok: code === 0, said: `${stdout}${stderr}`.trim() };
  }
  const run: Person['run'] = async (line, input) => {
    for (let left = TRIES; ; left--) {
      const answer = await once(line, input);
      if (answer.ok || left === 1 || !MISSED.test(answer.said)) return answer;
    }
  };
  async function checked(t: Test, ok: boolean, line: string, says: readonly string[]): Promise<string> {
    const answer = await run(line);
    t.equal(answer.ok, ok, `${line}\n${answer.said}`);
    for (const part of says) t.match(answer.said, part, line);
    return answer.said;
  }
  return {
    run,
    may: (t, line, ...says) => checked(t, true, line, says),
    mayNot: (t, line, ...says) => checked(t, false, line, says),
  };
}

/** A patch for `kubectl patch`: all weight to one color, with annotations if given (short keys). */
export function toColor(color: 'blue' | 'green', annotations: Readonly<Record<string, string | null>> = {}): string {
  const full = Object.entries(annotations).map(([key, value]) => [`bluegreen.dev/${key}`, value]);
  const patch = { metadata: { annotations: Object.fromEntries(full) }, spec: allTo(color) };
  return `--type=merge -p '${JSON.stringify(patch)}'`;
}

/** A TraefikService as it is stored. */
export async function stored(person: Person, name: string): Promise<JsonObject | null> {
  const { ok, said } = await person.run(`get ${NAMED}/${name} -o json`);
  return ok ? parseObject(said) : null;
}

/** How a TraefikService's name begins where both groups are installed. */
export const NAMED = 'traefikservice.traefik.io';

/** What a TraefikService says, in a word or two: `green, previous blue`. */
export async function live(person: Person, name: string): Promise<string> {
  const weights = await person.run(`get ${NAMED}/${name} -o jsonpath={.spec.weighted.services[*].weight}`);
  const object = await stored(person, name);
  const active = annotation(object, 'bluegreen.dev/active') ?? 'nobody';
  const previous = annotation(object, 'bluegreen.dev/previous');
  return `${weights.said}: ${active}${previous === null ? '' : `, previous ${previous}`}`;
}

/** The history of a TraefikService: `promotion blue to green by alice`. */
export async function history(person: Person, name: string): Promise<readonly string[]> {
  const events = readRecord(await stored(person, name)).history;
  return events.map(({ kind, from, to, by, override }) => {
    const what = kind === 'creation' ? `creation with ${to}` : `${kind} ${from ?? 'nothing'} to ${to}`;
    return `${what} by ${by ?? 'nobody'}${override === null ? '' : ` (${override})`}`;
  });
}
