import { previousOf, readRecord, stateOf, storedStateOf, unrecordedImages } from '../../webhook/policy/index.ts';
import type { Facts } from '../../webhook/policy/index.ts';
import { commandLine, shortImages } from '../traefikservice/names.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { isSplit, sharesOf, sharesText } from '../traefikservice/shares.ts';

/** What is wrong with production now: what every command says first. */
export interface Problem {
  /** One word for a table: `SPLIT`, `UNTESTED`, or the status that every request gets. */
  readonly kind: 'SPLIT' | 'UNTESTED' | '404' | '503';
  /** What production gets and why, in a sentence without a period. */
  readonly text: string;
  /** The command that ends it, or that shows why, with what it does before it. */
  readonly advice: string;
}

/** What the weights alone do to production; null where one color gets every request. */
export function weightsProblem(found: TraefikServiceRef): Problem | null {
  const { active } = stateOf(found.object, found.pair);
  const shares = sharesOf(found);
  if (active === null) return null;
  const before = readRecord(found.object).active?.color ?? active;
  const to = storedStateOf(found.object, found.pair).active ?? active;
  const advice = `To end it: ${commandLine('promote', found, ` --to ${to}`)}`;
  if (shares === null) return { kind: '503', text: 'no color has weight', advice };
  if (!isSplit(shares)) return null;
  const recorded = before === active ? '' : ` (${before} was active before)`;
  return { kind: 'SPLIT', text: `${sharesText(shares)}: requests get more than one version${recorded}`, advice };
}

/** What the active color runs without a promotion; null where it runs what its record says, or that is not known. */
export function imagesProblem(found: TraefikServiceRef, facts: Facts): Problem | null {
  const unrecorded = unrecordedImages({ ...found, facts });
  if (unrecorded === null) return null;
  const { color, images } = unrecorded;
  const text = `${color} is active and runs ${shortImages(images)}, which was not promoted`;
  const advice = `To end it: ${commandLine(previousOf(found.object) === null ? 'deploy' : 'rollback', found)}`;
  return { kind: 'UNTESTED', text, advice };
}

/** A problem without its fix, its kind first. */
export function problemTitle({ kind, text }: Problem): string {
  return kind === 'SPLIT' || kind === 'UNTESTED' ? `${kind} ${text}` : `production answers ${kind}: ${text}`;
}

/** A problem on one line, with the command that ends it. */
export function problemLine(problem: Problem): string {
  const title = problemTitle(problem);
  return `${title.charAt(0).toUpperCase()}${title.slice(1)}. ${problem.advice}`;
}
