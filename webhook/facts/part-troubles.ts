import { nameOf } from '../../common/objects.ts';
import { byKey, chainedBy, flawOf, GROUPS, objectKey, requiredBy, strictFlaw } from '../policy/index.ts';
import type { Group, PartKind, PartTrouble, Required } from '../policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Reader } from './reader.ts';
import { throughChains } from './parts.ts';
import type { UsageReader } from './usage-reader.ts';

/** A Middleware, TLSOption or ServersTransport before and after a change; `before` is null where it was not needed. */
export interface PartContents {
  readonly part: PartKind;
  readonly namespace: string;
  readonly before: JsonObject | null;
  readonly after: JsonObject;
  /** Whether the routes that name it have certificates of their own. */
  readonly certified: boolean;
}

/** Why Traefik makes nothing of what it made something of before; null where it still does, or did not. */
export async function troubleOf(
  reader: Reader & UsageReader,
  contents: PartContents,
  signal: AbortSignal,
): Promise<PartTrouble | null> {
  const { part, before, after } = contents;
  const flaw = flawOf(part, after);
  const old = before === null ? null : flawOf(part, before);
  if (flaw !== null) return old !== null && (old.certain || old.cause === flaw.cause) ? null : { how: 'flawed', flaw };
  const strict = part === 'TLSOption' && !contents.certified && strictFlaw(before) === null ? strictFlaw(after) : null;
  if (strict !== null) return { how: 'flawed', flaw: strict };
  const required = newlyRequired(contents);
  if (required.some(({ kind }) => kind === 'Middleware')) {
    const chained = await chainTrouble(reader, contents, required, signal);
    if (chained !== null) return chained;
  }
  const others = required.filter(({ kind }) => kind !== 'Middleware');
  const seen = await Promise.all(others.map((each) => see(reader, contents.namespace, each, signal)));
  for (const how of ['gone', 'unreadable'] as const) {
    const first = others[seen.indexOf(how)];
    if (first !== undefined) return { how: 'lacking', required: first, seen: how };
  }
  return null;
}

/** What was needed before is there, or it was broken already. */
function newlyRequired({ part, before, after }: PartContents): readonly Required[] {
  const old = new Set(requiredBy(part, before).map(({ kind, name }) => `${kind} ${name}`));
  return requiredBy(part, after).filter(({ kind, name }) => !old.has(`${kind} ${name}`));
}

function see(reader: Reader & UsageReader, namespace: string, { kind, name }: Required, signal: AbortSignal) {
  return kind === 'Secret'
    ? reader.seeSecret(namespace, name, signal)
    : reader.getService(namespace, name, signal).then((found) => (found === null ? 'gone' : 'there'));
}

/** A chain is broken by a Middleware that is not there, and by one that comes back to it. */
async function chainTrouble(
  reader: Reader,
  { namespace, after }: PartContents,
  required: readonly Required[],
  signal: AbortSignal,
): Promise<PartTrouble | null> {
  const lists = await Promise.all(GROUPS.map((each: Group) => reader.listNamed('Middleware', each, namespace, signal)));
  const own = objectKey(namespace, nameOf(after));
  const all = byKey([...lists.flat().filter((object) => nameOf(object) !== nameOf(after)), after], namespace);
  const missing = required.find(
    ({ kind, name }) => kind === 'Middleware' && name !== '' && !all.has(objectKey(namespace, name)),
  );
  if (missing !== undefined) return { how: 'lacking', required: missing, seen: 'gone' };
  const chained = throughChains(chainedBy(after, namespace), all, namespace);
  if (!chained.has(own)) return null;
  return { how: 'flawed', flaw: { cause: 'it chains itself', fix: 'Break the circle', certain: true } };
}
