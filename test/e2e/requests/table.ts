import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { get, isObject, list, text } from '../../../common/json.ts';
import { GROUPS } from '../../../webhook/policy/types.ts';
import type { Group } from '../../../webhook/policy/types.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import { readYaml } from '../../yaml.ts';

/** Ways of writing; those of kubectl are the words that a user types after it. */
const UPDATES = ['apply', 'server-side apply', 'replace', 'edit', 'merge patch', 'json patch'] as const;
const CREATIONS = ['create', 'apply', 'server-side apply'] as const;
const OTHERS = ['forced server-side apply', 'annotate', 'label', 'delete', 'api post', 'api merge patch'] as const;
const WAYS = ['create', ...UPDATES, ...OTHERS] as const;
export type Way = (typeof WAYS)[number];

/** What is written, in the words of the tables: README.md says what they mean. */
export interface Written {
  readonly weights?: readonly Json[];
  readonly services?: readonly Json[];
  readonly spec?: JsonObject;
  readonly annotations?: JsonObject;
  readonly labels?: JsonObject;
  readonly finalizers?: readonly Json[];
}

export interface Step extends Written {
  /** As `kubectl apply` does it, which keeps the manifest in an annotation. */
  readonly applied: boolean;
  /** Null for the cluster's administrator. */
  readonly user: string | null;
}

export interface Row {
  readonly it: string;
  readonly way: Way;
  /** Written by kubectl's own process; otherwise by the request that it sends. */
  readonly byKubectl: boolean;
  readonly group: Group;
  /** Unique, and the name of the row's TraefikService. */
  readonly name: string;
  readonly namespace: string;
  /** Names of the blue and of the green Service. */
  readonly pair: readonly [string, string];
  /** Null for the cluster's administrator. */
  readonly user: string | null;
  /** The prepared state that it starts from; none for a creation. */
  readonly from: readonly Step[];
  /** kubectl commands of somebody else after that. */
  readonly before: readonly string[];
  readonly written: Written;
  /** A patch or a body, word for word, instead of what `written` makes. */
  readonly verbatim: Json | undefined;
  readonly dryRun: boolean;
  /** What the denial has to say; null for a request that has to go through. */
  readonly denied: readonly string[] | null;
  /** The stored weights of an allowed request; null where it removes the object. */
  readonly weights: readonly Json[] | null;
  readonly warns: readonly string[];
  readonly stored: JsonObject;
}

export interface Table {
  readonly about: string;
  readonly namespace: string;
  /** One row after the other: they share the pods that they roll. */
  readonly inOrder: boolean;
  /** The states are made while nobody guards the namespace. */
  readonly unguarded: boolean;
  readonly rows: readonly Row[];
}

const KEYS = new Set(
  (
    'it, from, before, as, by, but not, groups, names, in, dry run, weights, services, spec, annotations, labels, ' +
    'finalizers, verbatim, denied, allowed, warns, stored'
  ).split(', '),
);
/** Enough where all of them were tried with the same kind of mistake. */
const SOME: ReadonlySet<string> = new Set(['apply false', 'json patch false', 'server-side apply true', 'create true']);
const ORDINARY_USER = 'alice';

/** Reads every table of this folder; a mistake in one is an error that names its row. */
export function readTables(): readonly Table[] {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.yaml') && file !== 'states.yaml');
  const states = stateMap(yaml('states.yaml'));
  return sampled(files.sort().map((file) => readTable(file.replace('.yaml', ''), yaml(file), states)));
}

/**
 * kubectl itself writes the first row of each way and outcome, and its requests the others: a process a row would be most
 * of the time of the whole table. BLUEGREEN_KUBECTL=all has kubectl write every row; with BLUEGREEN_KUBECTL=short it
 * writes the first ones of each group, and there are no other rows.
 */
function sampled(tables: readonly Table[]): readonly Table[] {
  const { BLUEGREEN_KUBECTL: mode } = process.env;
  if (mode === 'all') return tables;
  const seen = new Set<string>();
  function first({ way, group, from, denied }: Row): boolean {
    const kind = [way, mode === 'short' ? group : '', from.length === 0, denied === null].join();
    const isFirst = !seen.has(kind);
    seen.add(kind);
    return isFirst;
  }
  const marked = tables.map((table) => ({
    ...table,
    rows: table.rows.map((row) => ({ ...row, byKubectl: first(row) })),
  }));
  if (mode !== 'short') return marked;
  return marked
    .map((table) => ({ ...table, rows: table.rows.filter(({ byKubectl }) => byKubectl) }))
    .filter(({ rows }) => rows.length > 0);
}

function yaml(file: string): unknown {
  return readYaml(join(import.meta.dirname, file));
}

type States = ReadonlyMap<string, readonly Step[]>;

function stateMap(value: unknown): States {
  if (!isObject(value)) throw new Error('states.yaml holds no states');
  return new Map(
    Object.entries(value).map(([name, steps]) => [
      name,
      list(steps).map((step) => ({ ...writtenIn(step), applied: get(step, 'applied') === true, user: userOf(step) })),
    ]),
  );
}

function readTable(file: string, value: unknown, states: States): Table {
  const namespace = text(get(value, 'namespace')) ?? 'requests';
  return {
    about: text(get(value, 'about')) ?? file,
    namespace,
    inOrder: get(value, 'in order') === true,
    unguarded: get(value, 'unguarded') === true,
    rows: list(get(value, 'rows')).flatMap((row, index) =>
      readRow({ row, id: `${file.split('-')[0]}-${index + 1}`, namespace, states }),
    ),
  };
}

interface Source {
  readonly row: Json;
  readonly id: string;
  readonly namespace: string;
  readonly states: States;
}

/** A row of the file stands for one request a way and group. */
function readRow({ row, id, namespace, states }: Source): readonly Row[] {
  const it = text(get(row, 'it')) ?? '';
  function wrong(what: string): Error {
    return new Error(`${id} (${it}): ${what}`);
  }
  if (!isObject(row) || it === '') throw wrong('a row is an object with a sentence');
  const unknown = Object.keys(row).find((key) => !KEYS.has(key));
  if (unknown !== undefined) throw wrong(`there is no ${unknown}`);
  if ('denied' in row === 'allowed' in row) throw wrong('a row is denied or allowed');
  function stateOf(name: string): readonly Step[] {
    if (name === 'nothing') return [];
    const state = states.get(name);
    if (state === undefined) throw wrong(`there is no state ${name}`);
    return state;
  }
  const [blue = 'blue', green = 'green'] = strings(row['names']);
  const common = {
    it,
    namespace: text(row['in']) ?? namespace,
    pair: [blue, green] as const,
    user: userOf(row),
    before: strings(row['before']),
    written: writtenIn(row),
    verbatim: row['verbatim'],
    dryRun: row['dry run'] === true,
    denied: 'denied' in row ? strings(row['denied']) : null,
    weights: row['allowed'] === 'gone' ? null : list(row['allowed']),
    warns: strings(row['warns']),
    stored: objectIn(row, 'stored') ?? {},
  };
  const groups =
    row['groups'] === undefined ? GROUPS : GROUPS.filter((group) => strings(row['groups']).includes(group));
  return waysOf(row, wrong).flatMap(({ way, creates }) =>
    groups.map((group) => ({
      ...common,
      way,
      byKubectl: true,
      group,
      name: `${id}-${creates ? 'new-' : ''}${way.replaceAll(' ', '-')}-${group === 'traefik.io' ? 'io' : 'old'}`,
      from: creates ? [] : stateOf(text(row['from']) ?? 'blue active'),
    })),
  );
}

interface WayOf {
  readonly way: Way;
  readonly creates: boolean;
}

function waysOf(row: JsonObject, wrong: (what: string) => Error): readonly WayOf[] {
  const creates = row['from'] === 'nothing';
  const ways = strings(row['by'] ?? 'merge patch').flatMap((word): readonly WayOf[] => {
    const updates = UPDATES.map((way) => ({ way, creates: false }));
    const creations = CREATIONS.map((way) => ({ way, creates: true }));
    if (word === 'every update') return updates;
    if (word === 'some ways')
      return [...updates, ...creations].filter(({ way, creates }) => SOME.has(`${way} ${creates}`));
    if (word === 'every creation') return creations;
    if (word === 'every way') return [...updates, ...creations];
    const way = WAYS.find((known) => known === word);
    if (way === undefined) throw wrong(`there is no way ${word}`);
    return [{ way, creates: creates || way === 'create' || way === 'api post' }];
  });
  return ways.filter(({ way }) => !strings(row['but not']).includes(way));
}

function writtenIn(value: Json): Written {
  const [spec, annotations, labels] = (['spec', 'annotations', 'labels'] as const).map((key) => objectIn(value, key));
  return {
    ...(get(value, 'weights') !== undefined ? { weights: list(get(value, 'weights')) } : {}),
    ...(get(value, 'services') !== undefined ? { services: list(get(value, 'services')) } : {}),
    ...(get(value, 'finalizers') !== undefined ? { finalizers: list(get(value, 'finalizers')) } : {}),
    ...(spec ? { spec } : {}),
    ...(annotations ? { annotations } : {}),
    ...(labels ? { labels } : {}),
  };
}

function objectIn(value: Json, key: string): JsonObject | undefined {
  const found = get(value, key);
  return isObject(found) ? found : undefined;
}

function userOf(value: Json): string | null {
  const name = text(get(value, 'as')) ?? ORDINARY_USER;
  return name === 'admin' ? null : name;
}

/** One string, or a list of them. */
function strings(value: Json | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : list(value).map(String);
}
