import { ANNOTATION } from '../annotations.ts';
import { readAttestation } from '../attestation.ts';
import { manifestSwitches, testAdvice } from '../advice.ts';
import { pluginCommand } from '../commands.ts';
import { analysisFailure, smokeTestAge } from '../failures.ts';
import { annotation } from '../../../common/json.ts';
import { cutAtWord } from '../../../common/text.ts';
import { sameImages, singleRevision } from '../record.ts';
import { describe, stillRuns } from '../smoke-test.ts';
import type { ReleasedColor } from '../record.ts';
import type { SmokeTestRecord } from '../smoke-test.ts';
import type { Color, ColorFacts, Switch } from '../types.ts';
import { denial, LOOKUP_FAILED, warning } from './check.ts';
import type { Check, CheckResult, Subject } from './check.ts';
import { weightsTouched } from '../touched.ts';

/**
 * Only tested revisions serve production. A rollback needs no test: production has seen it, as long as its
 * images are still the recorded ones.
 */
export const smokeTest: Check = {
  id: 'smoke-test',
  description:
    'A color gains weight only with a passed smoke test of its present revision. A rollback to unchanged images needs none, nor does the first apply with blue active.',
  cel: 'presence only',
  needs: 'facts',
  touched: (subject) => weightsTouched(subject) || subject.lookupFailed !== null,
  find: (subject) => {
    // Stored all the same, it would count for nothing, and the same words again would be no news.
    if (subject.lookupFailed !== null)
      return [denial(LOOKUP_FAILED, `${subject.lookupFailed}, so its smoke test cannot be recorded. Try again`)];
    if (subject.switched === null) return [];
    return subject.switched.kind === 'rollback'
      ? rollback(subject, subject.switched)
      : promotion(subject, subject.switched);
  },
};

/** Digits of a digest in a message. */
const DIGITS = 12;

/** Characters of an annotation in a message. */
const SAID_LIMIT = 100;

function promotion(subject: Subject, { to }: Switch): readonly CheckResult[] {
  const { smokeTest: record, facts, pair } = subject;
  if (record === null || record.color !== to) return [untested(subject, to)];
  if (!facts.known)
    return [
      denial(
        LOOKUP_FAILED,
        `the pods behind ${pair[to]} could not be read (${facts.reason}), so its smoke test cannot be checked. Try again; a rollback needs no look-up`,
      ),
    ];
  const color = facts[to];
  if (color.service !== null && !color.service.hasSelector) return byHand(subject, to, record);
  const revision = singleRevision(color);
  // Without a single revision nothing can be active that was tested: `ready-endpoints` denies that.
  if (revision === null || stillRuns(record, revision)) return [];
  const sameReferences = record.revision === revision.name && sameImages(record.images, revision.images);
  const changed = sameReferences ? 'the same tag with other contents' : describe(revision);
  return [
    denial(
      'the smoke test is stale',
      testAdvice(
        subject,
        to,
        `${pair[to]} passed as ${describe({ name: record.revision, images: record.images })}, but now runs ${changed}`,
      ),
    ),
  ];
}

/** Endpoints kept by hand have no revision to compare: only a test that was attested by name counts. */
function byHand(subject: Subject, to: Color, record: SmokeTestRecord): readonly CheckResult[] {
  if (record.images.length === 0) return [];
  const passed = describe({ name: record.revision, images: record.images });
  return [
    denial(
      'the smoke test is stale',
      testAdvice(
        subject,
        to,
        `${subject.pair[to]} passed as ${passed}, but its Service has no selector now, so its revision is unknown`,
      ),
    ),
  ];
}

function untested(subject: Subject, to: Switch['to']): CheckResult {
  const { change, facts, pair, oldRecord, at } = subject;
  const written = annotation(change.object, ANNOTATION.smokeTest);
  const revision = facts.known ? singleRevision(facts[to]) : null;
  const what = revision === null ? pair[to] : `${pair[to]}, ${describe(revision)},`;
  const old = written === annotation(change.oldObject, ANNOTATION.smokeTest);
  const age = old ? smokeTestAge(change.oldObject, at) : '';
  const failed = age === '' ? '' : `,${age}`;
  const why = readAttestation(written) === null ? failed : old ? ' is old' : ' does not count';
  const said = written === null ? '' : ` (${ANNOTATION.smokeTest}=${cutAtWord(written, SAID_LIMIT)}${why})`;
  const query = { object: change.oldObject, record: oldRecord, color: to, revision: revision?.name ?? null, now: at };
  const analysis = analysisFailure(query);
  const failure = analysis === null ? '' : ` and ${analysis}`;
  return denial(
    'no passed smoke test',
    testAdvice(subject, to, `${what} gains weight without a passed smoke test${said}${failure}`),
  );
}

function rollback(subject: Subject, { to }: Switch): readonly CheckResult[] {
  const { facts, oldRecord, pair, smokeTest: test } = subject;
  const recorded = oldRecord.previous;
  if (recorded === null) return [];
  if (!facts.known)
    return [
      warning(
        LOOKUP_FAILED,
        `whether ${pair[to]} still runs its recorded images could not be read (${facts.reason}); the rollback goes through`,
      ),
    ];
  const images = imagesOf(facts[to]);
  if (images === null) return [];
  if (recorded.images.length === 0)
    return [
      denial(
        'the images of the previous color are not recorded',
        `the images that ${pair[to]} ran when it was active are not recorded, and now it has ${images.join(', ')}, so this is no rollback. ${backAdvice(subject, 'Test and promote it')}`,
      ),
    ];
  if (!sameImages(images, recorded.images))
    return [
      denial(
        'the previous color was changed',
        `${pair[to]} ran ${recorded.images.join(', ')} when it was active and now has ${images.join(', ')}, so this is no rollback. ${backAdvice(subject, 'Test and promote it, or deploy the old images again')}`,
      ),
    ];
  const revision = singleRevision(facts[to]);
  const tested = test !== null && test.color === to && revision !== null && stillRuns(test, revision);
  const contents = tested ? null : otherContents(pair[to], recorded, facts[to]);
  if (contents !== null) return [warning('other contents under the same tag', contents)];
  if (revision === null || recorded.revision === null || revision.name === recorded.revision) return [];
  return [
    warning(
      'another revision of the same images',
      `${pair[to]} runs revision ${revision.name} of the images that were active as ${recorded.revision}`,
    ),
  ];
}

/** What a rollback goes to where the tag was moved since, in one line; null where nothing shows that it was. */
function otherContents(service: string, { imageIDs: then }: ReleasedColor, { revisions }: ColorFacts): string | null {
  const now = [...new Set(revisions.flatMap(({ imageIDs }) => imageIDs))].sort();
  const other = now.filter((id) => !then.includes(id));
  if (then.length === 0 || other.length === 0) return null;
  const gone = then.filter((id) => !now.includes(id));
  const before = gone.length === 0 ? '' : `, not ${shortIDs(gone)}`;
  return `${service} runs other contents under the same tag than when it was active: ${shortIDs(other)}${before}. They were not tested; the rollback goes through`;
}

/** Image ids for people: `podinfo@sha256:0123456789ab`. */
function shortIDs(ids: readonly string[]): string {
  const [first = '', ...others] = ids;
  const digits = first.indexOf('sha256:') + 'sha256:'.length + DIGITS;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${first.slice(first.lastIndexOf('/') + 1, digits)}${more}`;
}

function backAdvice(subject: Subject, fix: string): string {
  const cause = manifestSwitches(subject) ? 'The applied manifest sets the weights: leave them out' : fix;
  return `${cause}. See: ${pluginCommand('status', subject.change)}`;
}

/** The images that would serve: of the pods, and of the template that they are (or will be) replaced from. */
function imagesOf({ revisions, workload }: ColorFacts): readonly string[] | null {
  if (revisions.length === 0 && workload === null) return null;
  return [...new Set([...revisions.flatMap(({ images }) => images), ...(workload?.images ?? [])])].sort();
}
