import { ANNOTATION } from '../annotations.ts';
import { attestCommand, pluginCommand } from '../commands.ts';
import { annotation } from '../json.ts';
import { sameImages, singleRevision } from '../record.ts';
import { describe, stillRuns, suggestion } from '../smoke-test.ts';
import type { ColorFacts, Switch } from '../types.ts';
import { weightsTouched, type Check, type Finding, type Subject } from './check.ts';

/**
 * Production sees only what somebody has tested. A rollback needs no test: production has seen it, as long as its
 * images are still the recorded ones.
 */
export const smokeTest: Check = {
  id: 'smoke-test',
  rule: 'A color gains weight only with a passed smoke test of its present revision. A rollback to unchanged images needs none, nor does the first apply with blue live.',
  cel: 'presence only',
  touched: weightsTouched,
  find: (subject) => {
    if (subject.switched === null) return [];
    return subject.switched.kind === 'rollback'
      ? rollback(subject, subject.switched)
      : promotion(subject, subject.switched);
  },
};

function denial(reason: string, detail: string): Finding {
  return { severity: 'denial', reason, detail };
}

function promotion(subject: Subject, { to }: Switch): readonly Finding[] {
  const { smokeTest: record, facts, pair } = subject;
  if (record === null || record.color !== to) return [untested(subject, to)];
  if (!facts.known)
    return [
      denial(
        'facts could not be read',
        `what runs behind ${pair[to]} could not be read (${facts.reason}), so its smoke test cannot be checked. Try again; a rollback needs no look-up`,
      ),
    ];
  const color = facts[to];
  if (color.service !== null && !color.service.hasSelector) return [];
  const revision = singleRevision(color);
  // Without a single revision nothing can be live that was tested: `ready-endpoints` refuses that.
  if (revision === null || stillRuns(record, revision)) return [];
  const changed = record.revision === revision.name ? 'the same tag with other contents' : describe(revision);
  return [
    denial(
      'the smoke test is stale',
      `${pair[to]} passed as ${describe({ name: record.revision, images: record.images })}, but now runs ${changed}. ${howToAttest(subject, to)}`,
    ),
  ];
}

function untested(subject: Subject, to: Switch['to']): Finding {
  const { change, facts, pair } = subject;
  const written = annotation(change.object, ANNOTATION.smokeTest);
  const revision = facts.known ? singleRevision(facts[to]) : null;
  const what = revision === null ? pair[to] : `${pair[to]}, ${describe(revision)},`;
  const said = written === null ? '' : ` (${ANNOTATION.smokeTest}: ${written} is not a new pass of it)`;
  return denial(
    'no passed smoke test',
    `${what} gains weight without a passed smoke test${said}. ${howToAttest(subject, to)}`,
  );
}

function howToAttest({ change, facts }: Subject, to: Switch['to']): string {
  const value = suggestion(to, facts, [
    annotation(change.oldObject, ANNOTATION.smokeTest),
    annotation(change.object, ANNOTATION.smokeTest),
  ]);
  return `Test it, then run: ${attestCommand(change, value)}`;
}

function rollback(subject: Subject, { to }: Switch): readonly Finding[] {
  const { facts, oldRecord, pair, change } = subject;
  const recorded = oldRecord.previous;
  if (recorded === null || recorded.images.length === 0) return [];
  if (!facts.known)
    return [
      warning(
        'facts could not be read',
        `whether ${pair[to]} still runs its recorded images could not be read (${facts.reason}); the rollback goes through`,
      ),
    ];
  const images = imagesOf(facts[to]);
  if (images === null) return [];
  if (!sameImages(images, recorded.images))
    return [
      denial(
        'the previous color was changed',
        `${pair[to]} ran ${recorded.images.join(', ')} when it was live and now has ${images.join(', ')}, so this is no rollback. Test and promote it, or deploy the old images again. See: ${pluginCommand('status', change)}`,
      ),
    ];
  const revision = singleRevision(facts[to]);
  if (revision === null || revision.name === recorded.revision) return [];
  return [
    warning(
      'another revision of the same images',
      `${pair[to]} runs revision ${revision.name} of the images that were live as ${recorded.revision}`,
    ),
  ];
}

function warning(reason: string, detail: string): Finding {
  return { severity: 'warning', reason, detail };
}

/** The images that would serve: of the pods, or of the template of a workload that is scaled down. */
function imagesOf(color: ColorFacts): readonly string[] | null {
  if (color.revisions.length === 0) return color.workload?.images ?? null;
  return [...new Set(color.revisions.flatMap((revision) => revision.images))].sort();
}
