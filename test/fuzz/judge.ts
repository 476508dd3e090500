// Judges a write that broke production, or was denied: finds out whether it does so again, and the smallest one that does.
import { text } from '../../common/json.ts';
import type { Counts } from './counts.ts';
import { deniedBy, isForetold, isUnchecked } from './denial.ts';
import { ruleAgainst } from './design.ts';
import type { Findings } from './findings.ts';
import type { Sequence } from './generate.ts';
import { harmNext } from './next.ts';
import { isWorkload } from './resources.ts';
import type { Shared } from './shared.ts';
import { smallest } from './shrink.ts';
import type { Site } from './site.ts';
import { tryOut } from './trial.ts';
import type { Trial } from './trial.ts';

export interface Judge {
  /** Counts a sequence that production was wrong after. */
  broken(site: Site, sequence: Sequence, trial: Trial): Promise<void>;
  /** Counts a sequence that was denied. */
  denied(site: Site, sequence: Sequence, trial: Trial): Promise<void>;
}

export interface JudgeOptions {
  /** The same release where nobody guards it. */
  readonly open: Shared<Site>;
  readonly counts: Counts;
  readonly findings: Findings;
  readonly allowEmptyServices: boolean;
  readonly progress: (line: string) => void;
}

/** How often the guards are asked about a write that broke production. */
const ASKED = 4;
/** How often a write that broke production is tried again: a busy machine breaks it by itself now and then. */
const AGAIN = 2;
/** How often a denied change of a Service is tried where nobody guards it. */
const SERVICE_TIMES = 5;
/** How often a smaller write is tried; each costs the time that it takes to take effect. */
const TRIES = { quick: 40, slow: 12 } as const;

export function judgeOf({ open, counts, findings, allowEmptyServices, progress }: JudgeOptions): Judge {
  async function broken(site: Site, sequence: Sequence, trial: Trial): Promise<void> {
    const { release } = site;
    function told(how: 'missed' | 'once' | 'warned', which: Sequence): void {
      counts[how] += 1;
      const said = trial.warnings.length === 0 ? '' : `, with the warnings ${trial.warnings.join('; ')}`;
      progress(`${how} (${release.name}): ${JSON.stringify(which)}: ${trial.effect?.what ?? ''}${said}`);
    }
    if (isForetold(trial.warnings)) return told('warned', sequence);
    if (isUnchecked(trial.warnings) || (await isMissed(site, sequence))) return told('missed', sequence);
    let { effect } = trial;
    for (let left = AGAIN; left > 0; left--) {
      const other = await again(site, sequence);
      ({ effect } = other);
      if (effect === null) return told('once', sequence);
      if (isUnchecked(other.warnings)) return told('missed', sequence);
    }
    if (effect === null) return;
    const { what, share } = effect;
    if (findings.count('broken', what, release, sequence)) return void (counts.broken += 1);
    const small = await smallest(release, sequence, {
      holds: async (each) => {
        const other = await again(site, each);
        return other.effect?.what === what && !isUnchecked(other.warnings);
      },
      tries: triesFor(sequence),
    });
    if (await isMissed(site, small)) return told('missed', small);
    counts.broken += 1;
    const { smallest: words } = findings.add('broken', what, release, small);
    progress(`BROKEN (${release.name}): ${words}: ${what}, ${share}`);
  }

  async function denied(site: Site, whole: Sequence, { outcomes, rules, said }: Trial): Promise<void> {
    const { release } = site;
    const sequence = whole.slice(0, outcomes.length);
    if (ruleAgainst(release, sequence, allowEmptyServices) !== null) return void (counts.byRule += 1);
    if (!(await open.use((free) => harmsNobody(free, sequence)))) return;
    counts.falseAlarms += 1;
    const what = rules.join(', ');
    if (findings.count('false alarm', what, release, sequence)) return;
    async function same(each: Sequence): Promise<boolean> {
      if (ruleAgainst(release, each, allowEmptyServices) !== null) return false;
      return (await denialOf(site, each)) === what && open.use((free) => harmsNobody(free, each));
    }
    const small = await smallest(release, sequence, { holds: same, tries: triesFor(sequence), deep: false });
    const { smallest: words } = findings.add('false alarm', what, release, small);
    progress(`FALSE ALARM (${release.name}): ${words}: ${said}`);
  }
  return { broken, denied };
}

async function again(site: Site, sequence: Sequence): Promise<Trial> {
  const trial = await tryOut(site, sequence);
  await site.restore(trial.written);
  return trial;
}

/**
 * A Service and its endpoints change one after the other: whether Traefik reads what is between is chance, and less likely
 * right after another write. The last write is the denied one.
 */
async function harmsNobody(open: Site, sequence: Sequence): Promise<boolean> {
  const last = sequence.slice(-1);
  if (last.some(({ kind }) => kind === 'Service'))
    for (let left = SERVICE_TIMES; left > 0; left--) if (!(await harmsNobodyNow(open, last, false))) return false;
  return harmsNobodyNow(open, sequence, true);
}

async function harmsNobodyNow(open: Site, sequence: Sequence, withNext: boolean): Promise<boolean> {
  const { effect, written, outcomes } = await tryOut(open, sequence);
  const harms =
    effect !== null || outcomes.includes('invalid') || (withNext && (await harmNext(open, written)) !== null);
  await open.restore([...written, ...(withNext ? [{ kind: 'TraefikService', name: open.release.shop } as const] : [])]);
  return !harms;
}

/** The rules that deny a sequence. */
async function denialOf(site: Site, sequence: Sequence): Promise<string | null> {
  const [only] = sequence;
  if (only !== undefined && sequence.length === 1) {
    const { status, body } = await site.send(only, true);
    return status < 400 ? null : (deniedBy(text(body['message']) ?? '')?.join(', ') ?? null);
  }
  const { rules, written } = await tryOut(site, sequence);
  await site.restore(written);
  return rules.length > 0 ? rules.join(', ') : null;
}

/** A guard that cannot look in time lets a write pass, and a busy machine misses it: asked without effect. */
async function isMissed(site: Site, sequence: Sequence): Promise<boolean> {
  const [first] = sequence;
  if (first === undefined) return false;
  for (let left = ASKED; left > 0; left--) {
    const { status, body } = await site.send(first, true);
    if (status >= 400 && deniedBy(text(body['message']) ?? '') !== null) return true;
  }
  return false;
}

function triesFor(sequence: Sequence): number {
  return sequence.some(({ kind }) => isWorkload(kind)) ? TRIES.slow : TRIES.quick;
}
