import { NOTHING_NAMED } from '../policy/index.ts';
import type { Group, Named, NamedKind } from '../policy/index.ts';
import { nameOf } from '../../common/objects.ts';
import type { Reader } from './reader.ts';

/** Which of Traefik's own objects are looked for: those of the kinds that the entries of a TraefikService name. */
export interface NamedQuery {
  readonly group: Group;
  readonly namespace: string;
  readonly named: readonly NamedKind[];
}

/** Traefik 2 reads both groups, Traefik 3 the new one. */
const READ: Readonly<Record<Group, readonly Group[]>> = {
  'traefik.io': ['traefik.io'],
  'traefik.containo.us': ['traefik.containo.us', 'traefik.io'],
};

/** Reads their names. Never rejects: of a kind that cannot be read nothing is known. */
export async function readNamed(
  reader: Pick<Reader, 'listNamed'>,
  { group, namespace, named }: NamedQuery,
  signal: AbortSignal,
): Promise<Named> {
  async function names(kind: NamedKind): Promise<readonly string[]> {
    const lists = await Promise.all(READ[group].map((each) => reader.listNamed(kind, each, namespace, signal)));
    return lists.flat().map(nameOf);
  }
  const found = await Promise.all(named.map(async (kind) => [kind, await names(kind).catch(() => null)] as const));
  return { ...NOTHING_NAMED, ...Object.fromEntries(found) };
}
