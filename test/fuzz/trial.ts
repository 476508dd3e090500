// One try: writes go to a site, and production there is watched until everything has taken effect.
import { at, list, text } from '../../common/json.ts';
import { annotation } from '../../common/json.ts';
import { effectOf } from './effect.ts';
import type { Color, Effect } from './effect.ts';
import type { Sequence } from './generate.ts';
import { deniedBy } from './denial.ts';
import { isWorkload } from './resources.ts';
import type { Site } from './site.ts';
import { soon } from './soon.ts';
import type { Recording } from './traffic.ts';
import type { Write } from './writes.ts';

/** What became of one write: `invalid` is what the API server itself does not take. */
export type Outcome = 'accepted' | 'unchanged' | 'denied' | 'invalid';

export interface Trial {
  /** Of each write that was sent; nothing is sent after a denial. */
  readonly outcomes: readonly Outcome[];
  /** The rules of the denial; empty without one. */
  readonly rules: readonly string[];
  readonly said: string;
  /** Of bluegreen, about what was accepted. */
  readonly warnings: readonly string[];
  /** The color that had to answer. */
  readonly active: Color;
  /** What production did wrong by what was accepted. */
  readonly effect: Effect | null;
  /** The writes that changed something. */
  readonly written: readonly Write[];
}

/** Requests to each replica of Traefik when everything has taken effect: enough for the splits that are written. */
const LOOKS = 12;
/** Milliseconds that pods may take. What takes longer is judged as it stands then. */
const PODS_MS = 8_000;
/** Milliseconds in which the garbage collector finds an owner missing. */
const OWNER_MS = 12_000;

export async function tryOut(site: Site, sequence: Sequence): Promise<Trial> {
  const recording = site.traffic.record();
  const outcomes: Outcome[] = [];
  const written: Write[] = [];
  const warnings: string[] = [];
  let denial: Pick<Trial, 'rules' | 'said'> = { rules: [], said: '' };
  for (const write of sequence) {
    const reply = await site.send(write);
    const said = text(reply.body['message']) ?? '';
    const rules = reply.status < 400 ? null : deniedBy(said);
    const outcome =
      reply.status < 400 ? (reply.unchanged ? 'unchanged' : 'accepted') : rules === null ? 'invalid' : 'denied';
    outcomes.push(outcome);
    if (outcome === 'accepted') {
      written.push(write);
      warnings.push(...reply.warnings);
    }
    if (rules !== null) denial = { rules, said };
    if (outcome === 'denied' || outcome === 'invalid') break;
  }
  const active = await activeAfter(site, written);
  const effect = written.length === 0 ? null : await watch(site, written, active, recording);
  recording.end();
  return { outcomes, ...denial, warnings, active, effect, written };
}

async function watch(
  site: Site,
  written: readonly Write[],
  active: Color,
  recording: Recording,
): Promise<Effect | null> {
  // After a switch the color before it goes on answering until Traefik has read of it.
  function soFar(): Effect | null {
    return active === 'blue' ? effectOf(recording.answers, active) : null;
  }
  const early = await whileItTakes(site, written, soFar);
  if (early !== null) return early;
  await site.untilRead(written.map(({ kind }) => kind));
  const looked = await site.traffic.burst(LOOKS);
  return soFar() ?? effectOf(looked, active);
}

/** Waits for pods and for the garbage collector, not longer than until something is wrong. */
async function whileItTakes(site: Site, written: readonly Write[], soFar: () => Effect | null): Promise<Effect | null> {
  async function wrongOr(done: () => Promise<boolean>): Promise<boolean> {
    return soFar() !== null || (await done());
  }
  const owned = written.filter(({ wanted }) => list(at(wanted, 'metadata', 'ownerReferences')).length > 0);
  if (owned.length > 0) {
    await soon(
      () =>
        wrongOr(async () => (await Promise.all(owned.map((each) => site.read(each)))).every((each) => each === null)),
      OWNER_MS,
    );
  }
  if (written.some(({ kind }) => isWorkload(kind))) await soon(() => wrongOr(() => site.settled()), PODS_MS);
  return soFar();
}

/**
 * The color that may answer now: blue, unless somebody said that the preview was tested and its version, and the
 * TraefikService has it at 100.
 */
async function activeAfter(site: Site, written: readonly Write[]): Promise<Color> {
  const tested = written.some(({ wanted }) => PASSED.has(annotation(wanted, 'bluegreen.dev/smoke-test') ?? ''));
  if (!tested) return 'blue';
  const services = list(
    at(await site.read({ kind: 'TraefikService', name: site.release.shop }), 'spec', 'weighted', 'services'),
  );
  const green = services.find((entry) => at(entry, 'name') === site.release.green);
  return at(green, 'weight') === 100 ? 'green' : 'blue';
}

const PASSED: ReadonlySet<string> = new Set(['passed', 'passed:6.1.6']);
