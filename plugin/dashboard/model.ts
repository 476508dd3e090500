import { problemTitle } from '../production/problem.ts';
import type { StatusReport } from '../status/report.ts';
import { shortImages } from '../traefikservice/names.ts';
import type { Offer, Rank, ReleaseView } from './view.ts';

/** What a view is made of. */
export interface ModelInput {
  readonly id: string;
  readonly status: StatusReport;
  /** A command line about the release. */
  readonly command: (verb: string, extra?: string) => string;
  /** What weights and record say apart from each other; null where they agree. */
  readonly unseen: string | null;
}

/** One release as the list shows it. */
export function releaseView(input: ModelInput): ReleaseView {
  const { id, status } = input;
  const versions = { blue: versionOf(status, 'blue'), green: versionOf(status, 'green') };
  return { id, status, versions, ...sentenceOf(input), ...offersOf(input) };
}

type Sentence = Pick<ReleaseView, 'rank' | 'word' | 'sentence' | 'fix'>;

/** The one sentence that matters most. */
function sentenceOf({ status, command, unseen }: ModelInput): Sentence {
  const [problem] = status.problems;
  if (problem !== undefined) {
    const rank: Rank = problem.kind === 'SPLIT' ? 'split' : problem.kind === 'UNTESTED' ? 'untested' : 'down';
    if (rank === 'down') return say(rank, `ANSWERS ${problem.kind}`, problem.text, problem.advice);
    return say(rank, problem.kind, problemTitle(problem).slice(problem.kind.length + 1), problem.advice);
  }
  const active = colorOf(status, status.active);
  if (active === undefined) return say('attention', 'NO COLOR', 'no color is listed', command('status'));
  if (unseen !== null) return say('attention', 'UNRECORDED', unseen, command('history'));
  if (active.unsettled !== null)
    return say('attention', 'UNSETTLED', `${active.color} ${active.unsettled}`, command('status'));
  const { readyEndpoints, replicas } = active;
  if (readyEndpoints !== null && replicas !== null && readyEndpoints < replicas) {
    const pods = `${readyEndpoints} of ${replicas} pods of ${active.color} are ready`;
    return say('attention', 'DEGRADED', pods, command('logs', ` --color ${active.color}`));
  }
  if (status.unguarded !== null) return say('attention', 'UNGUARDED', status.unguarded, command('unguard', ' --undo'));
  if (status.frozen !== null) return say('frozen', 'FROZEN', status.frozen, command('unfreeze'));
  const next = colorOf(status, status.promote.to);
  if (status.promote.possible && next !== undefined)
    return say('ready', 'READY', `${next.color} ${shortImages(next.images)} can be promoted`, null);
  return say('calm', '', `${active.color} ${shortImages(active.images)} serves production`, null);
}

function say(rank: Rank, word: string, sentence: string, fix: string | null): Sentence {
  return { rank, word, sentence, fix };
}

/** What a report has of a color. */
export function colorOf(status: StatusReport, color: string | null): StatusReport['colors'][number] | undefined {
  return status.colors.find((each) => each.color === color);
}

function versionOf(status: StatusReport, color: 'blue' | 'green'): string {
  const images = colorOf(status, color)?.images ?? [];
  return images.length === 0 ? 'unknown' : shortImages(images);
}

function offersOf({ status, command }: ModelInput): Pick<ReleaseView, 'promote' | 'rollback' | 'freeze'> {
  const { promote, rollback, frozen } = status;
  const hold: Pick<Offer, 'verb' | 'command'> =
    frozen === null
      ? { verb: 'freeze', command: command('freeze', ' --reason REASON') }
      : { verb: 'unfreeze', command: command('unfreeze') };
  return {
    promote: { ...promote, verb: 'promote', command: command('promote', toColor(promote.to)) },
    rollback: { ...rollback, verb: 'rollback', command: command('rollback') },
    freeze: { ...hold, to: null, possible: true, reasons: [] },
  };
}

/** The flag that names a color. */
export function toColor(color: string | null): string {
  return color === null ? '' : ` --to ${color}`;
}
