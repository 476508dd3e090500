import type { Kube } from '../cluster/index.ts';
import type { Screen } from './screen.ts';
import { switchFigures, type SwitchFigures, type Traffic } from './traffic.ts';

/** What the playbook is played with. */
export interface Stage {
  readonly kube: Kube;
  readonly screen: Screen;
  readonly traffic: Traffic;
  /** What went wrong so far, in words for the closing table; the demo fails if there is any. */
  readonly problems: string[];
  readonly switches: SwitchReport[];
}

export interface SwitchReport extends SwitchFigures {
  readonly command: string;
  /** Milliseconds that the command itself took. */
  readonly took: number;
}

export const NAMESPACE = 'demo-bluegreen';
export const NAME = 'bluegreen-wrr';
export const VERSIONS = { blue: '6.1.5', green: '6.1.6' } as const;
type Color = keyof typeof VERSIONS;

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

/** A command that has to be refused with a message that names a check. */
export async function expectRefused(stage: Stage, words: string, check: string): Promise<void> {
  const { code, output } = await play(stage, words);
  if (code === 0) stage.problems.push(`kubectl ${words} was not refused`);
  else if (!output.includes(`${check}: `)) stage.problems.push(`kubectl ${words} was refused without naming ${check}`);
}

/** How long clients are watched after a switch: longer than Traefik's throttle of 2 s. */
const WATCH_MS = 3_000;

/** A command that has to move all traffic; measured from the outside, by the clients. */
export async function expectSwitch(stage: Stage, words: string, from: Color, to: Color): Promise<void> {
  const begun = performance.now();
  const { code, output } = await play(stage, words);
  const took = performance.now() - begun;
  if (code !== 0) {
    stage.problems.push(`kubectl ${words} failed: ${output}`);
    return;
  }
  const watched = (sample: { readonly started: number }): boolean => sample.started > begun + WATCH_MS;
  await stage.traffic.until(watched, WATCH_MS * 5);
  const figures = switchFigures(stage.traffic.samples, begun, VERSIONS[from], VERSIONS[to]);
  stage.switches.push({ command: `kubectl ${words}`, took, ...figures });
  stage.screen.output(
    `last answer of ${from} ${Math.round(figures.lastOld)} ms after Enter, ${figures.failed} failed requests`,
  );
}
