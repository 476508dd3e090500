// The oracle: what an accepted write does to production, and whether a denied one would have done anything.
import { performance } from 'node:perf_hooks';
import { text } from '../../common/json.ts';
import { ruleAgainst } from './design.ts';
import { makeFindings } from './findings.ts';
import type { Finding } from './findings.ts';
import { generate } from './generate.ts';
import type { Sequence } from './generate.ts';
import { harmNext } from './next.ts';
import type { Proof } from './proof.ts';
import { deniedBy, isAboutProduction } from './denial.ts';
import { isWorkload } from './resources.ts';
import { smallest } from './shrink.ts';
import { tryOut } from './trial.ts';
import type { Outcome, Trial } from './trial.ts';
import type { Site } from './site.ts';

/** A release twice: guarded, and where nobody guards it. */
export interface Lane {
  readonly guarded: Site;
  readonly open: Site;
}

export interface Counts {
  /** Writes by what became of them. */
  readonly accepted: number;
  readonly unchanged: number;
  readonly denied: number;
  /** The API server itself does not take them. */
  readonly invalid: number;
  /** Sequences after which production was wrong, each time that it was tried. */
  readonly broken: number;
  /** Wrong the first time only, or allowed by guards that had no time and denied when they were asked again. */
  readonly once: number;
  /** Denied writes that go against a rule which the design lists: they need not harm anybody. */
  readonly byRule: number;
  /** Denied writes that go against none, and harm nobody without guards. */
  readonly falseAlarms: number;
}

export interface Report {
  readonly seed: number;
  readonly counts: Counts;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

export interface Oracle {
  readonly lanes: readonly Lane[];
  readonly proof: Proof;
  readonly seed: number;
  readonly writes: number;
  readonly allowEmptyServices: boolean;
  /** Told of each new finding, and of how far it is. */
  readonly progress: (line: string) => void;
}

/** How often the guards are asked about a write that broke production. */
const ASKED = 4;
/** How often a smaller write is tried; each costs the time that it takes to take effect. */
const TRIES = { quick: 40, slow: 12 } as const;

/** Sends writes until there were so many; the lanes work side by side. */
export async function consult({ lanes, proof, seed, writes, allowEmptyServices, progress }: Oracle): Promise<Report> {
  const began = performance.now();
  const findings = makeFindings();
  const counts = { accepted: 0, unchanged: 0, denied: 0, invalid: 0, broken: 0, once: 0, byRule: 0, falseAlarms: 0 };
  function sent(): number {
    return counts.accepted + counts.unchanged + counts.denied + counts.invalid;
  }
  function tell(outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) {
      counts[outcome] += 1;
      if (sent() % 100 === 0) progress(`${sent()} writes, ${JSON.stringify(counts)}`);
    }
  }
  async function along(lane: Lane, index: number): Promise<void> {
    const { release } = lane.guarded;
    const share = Math.ceil(writes / lanes.length);
    let count = 0;
    for (const sequence of generate(release, seedOf(seed, index), share)) {
      if (count >= share) return;
      const trial = await tryOut(lane.guarded, proof, sequence);
      count += trial.outcomes.length;
      tell(trial.outcomes);
      await lane.guarded.restore(trial.written);
      if (trial.effect !== null) await broken(lane, sequence);
      else if (isAboutProduction(trial.rules))
        await denied(lane, sequence.slice(0, trial.outcomes.length), trial.rules);
    }
  }

  async function breaks(lane: Lane, sequence: Sequence): Promise<Trial['effect']> {
    const { effect, written } = await tryOut(lane.guarded, proof, sequence);
    await lane.guarded.restore(written);
    return effect;
  }

  async function broken(lane: Lane, sequence: Sequence): Promise<void> {
    const { release } = lane.guarded;
    const effect = (await isMissed(lane.guarded, sequence)) ? null : await breaks(lane, sequence);
    if (effect === null) {
      counts.once += 1;
      return progress(`wrong once only: ${JSON.stringify(sequence)}`);
    }
    if (findings.count('broken', effect.what, release, sequence)) return void (counts.broken += 1);
    const tries = triesFor(sequence);
    const small = await smallest(release, sequence, {
      holds: async (each) => (await breaks(lane, each))?.what === effect.what,
      tries,
    });
    if (await isMissed(lane.guarded, small)) return void (counts.once += 1);
    counts.broken += 1;
    const { smallest: words } = findings.add('broken', effect.what, release, small);
    progress(`BROKEN (${release.name}): ${words}: ${effect.what}, ${effect.share}`);
  }

  async function harmsNobody(lane: Lane, sequence: Sequence): Promise<boolean> {
    const { open } = lane;
    const { effect, written, outcomes } = await tryOut(open, proof, sequence);
    const harms = effect !== null || outcomes.includes('invalid') || (await harmNext(open, proof, written)) !== null;
    await open.restore([...written, { kind: 'TraefikService', name: open.release.shop }]);
    return !harms;
  }

  async function denied(lane: Lane, sequence: Sequence, rules: readonly string[]): Promise<void> {
    const { release } = lane.guarded;
    const rule = ruleAgainst(release, sequence, allowEmptyServices);
    if (rule !== null) return void (counts.byRule += 1);
    if (!(await harmsNobody(lane, sequence))) return;
    counts.falseAlarms += 1;
    const what = rules.join(', ');
    if (findings.count('false alarm', what, release, sequence)) return;
    async function same(each: Sequence): Promise<boolean> {
      if (ruleAgainst(release, each, allowEmptyServices) !== null) return false;
      return (await denialOf(lane.guarded, each)) === what && (await harmsNobody(lane, each));
    }
    const small = await smallest(release, sequence, { holds: same, tries: triesFor(sequence), deep: false });
    const { smallest: words } = findings.add('false alarm', what, release, small);
    progress(`FALSE ALARM (${release.name}): ${words}: ${what}`);
  }

  /** The rules that deny a sequence. */
  async function denialOf(site: Site, sequence: Sequence): Promise<string | null> {
    const [only] = sequence;
    if (only !== undefined && sequence.length === 1) {
      const { status, body } = await site.send(only, true);
      return status < 400 ? null : (deniedBy(text(body['message']) ?? '')?.join(', ') ?? null);
    }
    const { rules, written } = await tryOut(site, proof, sequence);
    await site.restore(written);
    return rules.length > 0 ? rules.join(', ') : null;
  }

  await Promise.all(lanes.map(along));
  return { seed, counts, findings: findings.all, seconds: (performance.now() - began) / 1000 };
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

/** Seeds that lie far from one another: those of neighbors would write much the same. */
function seedOf(seed: number, lane: number): number {
  return Math.imul(seed * 16 + lane + 1, 0x9e_37_79_b1);
}

function triesFor(sequence: Sequence): number {
  return sequence.some(({ kind }) => isWorkload(kind)) ? TRIES.slow : TRIES.quick;
}
