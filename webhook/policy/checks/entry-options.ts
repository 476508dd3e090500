import { otherColor } from '../types.ts';
import type { Color, Facts } from '../types.ts';
import { sameEntry } from '../touched.ts';
import type { Child, State } from '../state.ts';
import { spokenTo } from '../traefik/buildable.ts';
import { contradicts } from '../traefik/ports.ts';
import { denial, warning } from './check.ts';
import type { Check, CheckResult, Subject } from './check.ts';
import { judgeEntries, resultsOf } from '../entry-obstacles.ts';

/**
 * Options of an entry decide whether Traefik can build it, without which it drops the whole TraefikService, and by which
 * protocol it speaks to production.
 */
export const entryOptions: Check = {
  id: 'entry-options',
  description:
    'Traefik can build every entry with its options, and speaks to the active color as before: by a protocol that contradicts its port a denial, by another one a warning.',
  cel: 'no',
  needs: 'facts',
  // The ratchet is in each entry: see `judgeEntries`.
  touched: () => true,
  find: (subject) => [
    ...judgeEntries(subject, 'options')
      .flatMap((each) => resultsOf(each, subject))
      // Without facts only what the entries say by themselves was judged.
      .map((result) => (subject.facts.known ? result : { ...result, needs: 'nothing' as const })),
    ...(subject.facts.known ? protocols(subject, subject.facts) : []),
  ],
};

type Known = Facts & { readonly known: true };

function protocols(subject: Subject, facts: Known): readonly CheckResult[] {
  const { newState } = subject;
  const { active } = newState;
  if (active === null) return [];
  return [...production(subject, facts, active), ...preview(subject, facts, otherColor(active))];
}

/** What a request changes of how production is spoken to, be it by a switch or in place. */
function production(
  { oldState, newState, switched, pair }: Subject,
  facts: Known,
  active: Color,
): readonly CheckResult[] {
  const now = spoken(newState, facts, active);
  const before = oldState === null || oldState.active === null ? null : spoken(oldState, facts, oldState.active);
  if (now === null || now.protocol === before?.protocol) return [];
  const wrong = contradicts(now.protocol, now.port);
  const by = `Traefik would speak ${now.protocol} to port ${portText(now.port)} of ${pair[active]}`;
  if (before === null)
    return wrong ? [warning('a protocol that contradicts the port', `${by}. ${correct(pair[active])}`)] : [];
  if (!wrong)
    return [
      warning(
        'production is spoken to by another protocol',
        `${by}, and spoke ${before.protocol} to production before. Make sure that its pods take it`,
      ),
    ];
  const result = switched?.kind === 'rollback' ? warning : denial;
  return [result('a protocol that contradicts the port', `${by}, and production would fail. ${correct(pair[active])}`)];
}

/** What a request makes of the preview's entry: its smoke test does not go through Traefik, its promotion does. */
function preview({ oldState, newState, pair }: Subject, facts: Known, color: Color): readonly CheckResult[] {
  const [child, old] = [newState[color], oldState?.[color] ?? null];
  const now = spoken(newState, facts, color);
  if (child === null || now === null || !contradicts(now.protocol, now.port)) return [];
  if (old !== null && sameEntry(old.entry, child.entry)) return [];
  const by = `Traefik would speak ${now.protocol} to port ${portText(now.port)} of ${pair[color]}`;
  return [warning('a protocol that contradicts the port', `${by} after a promotion. ${correct(pair[color])}`)];
}

function spoken(state: State, facts: Known, color: Color): ReturnType<typeof spokenTo> {
  const child: Child | null = state[color];
  const { service } = facts[color];
  return child === null || service === null ? null : spokenTo(child.entry, service);
}

function portText({ name, port }: { readonly name: string | null; readonly port: number }): string {
  return name === null ? String(port) : `${port} (${name})`;
}

function correct(service: string): string {
  return `Correct the scheme in the entry of ${service}, or the name or appProtocol of its port`;
}
