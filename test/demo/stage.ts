import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from '../../plugin/cli/io.ts';
import type { Kube } from '../cluster/index.ts';
import type { Screen } from './screen.ts';
import { hasMoved, switchFigures } from './traffic.ts';
import type { SwitchFigures, Traffic } from './traffic.ts';

/** What the playbook is played with. */
export interface Stage {
  readonly kube: Kube;
  readonly screen: Screen;
  readonly traffic: Traffic;
  /** What went wrong so far, in words for the closing table; the demo fails if there is any. */
  readonly problems: string[];
  /** Switches by the plugin. */
  readonly switches: SwitchReport[];
  /** The same switches by `kubectl patch`, which those of the plugin are compared with. */
  readonly references: SwitchReport[];
}

export interface SwitchReport extends SwitchFigures {
  readonly command: string;
  readonly from: Color;
  readonly to: Color;
  /** Whether all traffic went over to the new color. */
  readonly moved: boolean;
  /** Milliseconds that the command itself took. */
  readonly took: number;
}

/** A release that failed its analysis, until the old version alone answered again. */
export interface Recovery {
  readonly command: string;
  /** Times of `performance.now()`: from Enter until the old version alone had answered for a while. */
  readonly begun: number;
  readonly over: number;
  /** Whether all traffic came back. */
  readonly moved: boolean;
}

export const NAMESPACE = 'demo-bluegreen';
export const NAME = 'bluegreen-wrr';
export const VERSIONS = { blue: '6.1.5', green: '6.1.6' } as const;
export type Color = keyof typeof VERSIONS;

/** A command line after `kubectl`; words are set off by single blanks. */
export interface Played {
  readonly code: number;
  readonly output: string;
}

/** Shows and runs a kubectl command as a user would type it. */
export async function play({ kube, screen }: Pick<Stage, 'kube' | 'screen'>, words: string): Promise<Played> {
  const args = words.split(' ');
  screen.command(['kubectl', ...args.map(quoted)].join(' '));
  const { code, stdout, stderr } = await kube.kubectl(args);
  const output = `${stdout}${stderr}`.trim();
  if (output !== '') screen.output(output);
  return { code, output };
}

/** A word as it has to be typed in a shell. */
function quoted(word: string): string {
  return /[^\w@%+=:,./-]/.test(word) ? `'${word}'` : word;
}

/** A command that has to succeed. */
export async function expectDone(stage: Stage, words: string): Promise<Played> {
  const played = await play(stage, words);
  if (played.code !== 0) stage.problems.push(`kubectl ${words} failed: ${played.output}`);
  return played;
}

/** A command that has to be denied with a message that names a check. */
export async function expectDenied(stage: Stage, words: string, check: string): Promise<void> {
  const { code, output } = await play(stage, words);
  if (code === 0) stage.problems.push(`kubectl ${words} was not denied`);
  else if (!output.includes(`${check}: `)) stage.problems.push(`kubectl ${words} was denied without naming ${check}`);
}

/** How long clients are watched after a switch at least: longer than Traefik's throttle of 2 s. */
const WATCH_MS = 3_000;
/** For how long the new color alone has to answer until the switch counts as done. */
const SETTLED_MS = 1_000;
/** After this long a switch is taken for one that does not happen, on a slow machine as well. */
const PATIENCE_MS = 60_000;

/** A command of the plugin that has to move all traffic; measured from the outside, by the clients. */
export async function expectSwitch(stage: Stage, words: string, from: Color, to: Color): Promise<void> {
  const seen = await playSwitch(stage, words, from, to);
  if (seen !== null) stage.switches.push(seen);
}

/** The same switch by `kubectl patch`, for comparison. */
export async function expectPatchedSwitch(stage: Stage, from: Color, to: Color): Promise<void> {
  const patch = (['blue', 'green'] as const).flatMap((color, index) => [
    { op: 'test', path: `/spec/weighted/services/${index}/name`, value: color },
    { op: 'replace', path: `/spec/weighted/services/${index}/weight`, value: color === to ? 100 : 0 },
  ]);
  const words = `patch traefikservice.traefik.io/${NAME} -n ${NAMESPACE} --type=json -p=${JSON.stringify(patch)}`;
  const seen = await playSwitch(stage, words, from, to);
  if (seen !== null) stage.references.push(seen);
}

/** A release of a bad version: it has to fail its analysis, and to leave production to the color that it found. */
export async function expectRecovery(stage: Stage, words: string, color: Color): Promise<Recovery> {
  const begun = performance.now();
  const { code, output } = await play(stage, words);
  if (code !== EXIT.rolledBack)
    stage.problems.push(`kubectl ${words} was not rolled back (exit code ${code}): ${output}`);
  const moved = await watchSwitch(stage.traffic, performance.now(), color);
  return { command: `kubectl ${words}`, begun, over: performance.now(), moved };
}

async function playSwitch(stage: Stage, words: string, from: Color, to: Color): Promise<SwitchReport | null> {
  const begun = performance.now();
  const { code, output } = await play(stage, words);
  const took = performance.now() - begun;
  if (code !== 0) {
    stage.problems.push(`kubectl ${words} failed: ${output}`);
    return null;
  }
  const moved = await watchSwitch(stage.traffic, begun, to);
  const figures = switchFigures(stage.traffic.samples, begun, VERSIONS[from], VERSIONS[to]);
  stage.screen.output(
    `last answer of ${from} ${Math.round(figures.lastOld)} ms after Enter, ${figures.failed} failed requests`,
  );
  return { command: `kubectl ${words}`, from, to, moved, took, ...figures };
}

/** Watches the clients until the new color alone has answered for a while; whether it did. */
async function watchSwitch({ samples }: Traffic, begun: number, to: Color): Promise<boolean> {
  for (;;) {
    const now = performance.now();
    if (now > begun + WATCH_MS && hasMoved(samples, VERSIONS[to], now - SETTLED_MS)) return true;
    if (now > begun + PATIENCE_MS) return false;
    await sleep(50);
  }
}
