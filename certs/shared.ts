import { readAuthority } from './ca.ts';
import type { Authority, KnownAuthority } from './ca.ts';
import type { SecretChange } from './store.ts';

/**
 * What the Secret that the replicas share holds: the CA that every replica issues from, and during the first phase of a
 * rotation the one that will take its place. A CA that was replaced is no longer here: its certificate stays in the
 * caBundles until no replica serves by it, its key is gone.
 */
export interface SharedAuthorities {
  readonly current: KnownAuthority | null;
  readonly next: KnownAuthority | null;
  /** Why what is there cannot be used, a sentence each; empty also when nothing is there. */
  readonly problems: readonly string[];
}

/** Keys of the Secret's data. */
export const KEYS = {
  current: { certificate: 'ca.crt', key: 'ca.key' },
  next: { certificate: 'next.crt', key: 'next.key' },
} as const;

type Place = keyof typeof KEYS;

export function readShared(data: Readonly<Record<string, string>>, now: Date): SharedAuthorities {
  const current = readPlace(data, 'current', now);
  const next = readPlace(data, 'next', now);
  return {
    current: current.authority,
    next: next.authority,
    problems: [current.problem, next.problem].filter((problem) => problem !== null),
  };
}

/** The change that puts these CAs into the Secret and nothing else. */
export function sharedData(authorities: Readonly<Record<Place, Authority | null>>): SecretChange['data'] {
  return {
    [KEYS.current.certificate]: authorities.current?.certificate ?? null,
    [KEYS.current.key]: authorities.current?.key ?? null,
    [KEYS.next.certificate]: authorities.next?.certificate ?? null,
    [KEYS.next.key]: authorities.next?.key ?? null,
  };
}

function readPlace(
  data: Readonly<Record<string, string>>,
  place: Place,
  now: Date,
): { readonly authority: KnownAuthority | null; readonly problem: string | null } {
  const { certificate: certificateKey, key: keyKey } = KEYS[place];
  const certificate = data[certificateKey];
  const key = data[keyKey];
  if (certificate === undefined && key === undefined) return { authority: null, problem: null };
  if (certificate === undefined || key === undefined) {
    const absent = certificate === undefined ? certificateKey : keyKey;
    return { authority: null, problem: `${absent} is missing` };
  }
  const found = readAuthority({ certificate, key }, now);
  if (found.usable) return { authority: found.authority, problem: null };
  return { authority: null, problem: `the CA in ${certificateKey} cannot be used: ${found.reason}` };
}
