import type { Unrecorded } from '../webhook/unrecorded.ts';

/** Milliseconds for which an answer is kept. */
const KEPT = 20_000;

/** Why a namespace records nothing, asked once in a while and not once a release. */
export function rememberReasons(
  ask: (namespace: string) => Promise<Unrecorded | null>,
  now: () => number,
): (namespace: string) => Promise<Unrecorded | null> {
  const known = new Map<string, { readonly at: number; readonly answer: Promise<Unrecorded | null> }>();
  return (namespace) => {
    const before = known.get(namespace);
    if (before !== undefined && now() - before.at < KEPT) return before.answer;
    const answer = ask(namespace);
    known.set(namespace, { at: now(), answer });
    return answer;
  };
}
