import { ANNOTATION, readAttestation, readSmokeTest, stillRuns, LAST_APPLIED } from '../../webhook/policy/index.ts';
import type { Revision } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { annotation, parseObject } from '../../common/json.ts';
import type { Call } from '../cli/command.ts';
import { cutAtWord, oneLine } from '../../common/text.ts';
import { UserError } from '../kube/errors.ts';
import type { Session } from '../cli/session.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { sendAnnotations } from '../traefikservice/write.ts';
import type { Snapshot } from './revision.ts';

/**
 * Records that the revision of a snapshot passed, and reads back that the webhook bound it to that very revision. Answers
 * with the value that says so. Throws a UserError where it is not bound.
 */
export async function recordPass(
  call: Call,
  session: Session,
  { found, preview, revision }: Snapshot & { readonly revision: Revision },
): Promise<{ readonly found: TraefikServiceRef; readonly value: string }> {
  const said = annotation(found.object, ANNOTATION.smokeTest);
  if (said !== null && readAttestation(said) !== null && isBound(found.object, preview, revision)) {
    return { found, value: said };
  }
  const value = newsOf(found.object, revision);
  if (value === said) await write(call, session, found, null);
  const object = await write(call, session, found, value);
  if (isBound(object, preview, revision)) return { found: { ...found, object }, value };
  throw new UserError(
    `the webhook did not bind it to revision ${revision.name}: is it installed, and does it watch namespace ${found.namespace}? See 'kubectl bluegreen doctor -n ${found.namespace}'`,
  );
}

/** Characters of a reason that the annotation keeps. */
const REASON_LIMIT = 120;

/**
 * Records that the revision failed, and why, which takes back a pass that it, or one before it, had. Answers with the value.
 */
export async function recordFailure(
  call: Call,
  session: Session,
  { found, revision }: Snapshot & { readonly revision: Revision },
  reason: string,
): Promise<string> {
  const value = `failed:${revision.name}${reason === '' ? '' : `: ${cutAtWord(oneLine(reason), REASON_LIMIT)}`}`;
  if (annotation(found.object, ANNOTATION.smokeTest) !== value) await write(call, session, found, value);
  return value;
}

function isBound(object: JsonObject, preview: string, revision: Revision): boolean {
  const record = readSmokeTest(object);
  return record !== null && record.color === preview && stillRuns(record, revision);
}

/** The revision, unless that is what was said already: a value that is no news attests nothing. */
function newsOf(object: JsonObject, revision: Revision): string {
  const manifest = parseObject(annotation(object, LAST_APPLIED));
  const said = new Set([annotation(object, ANNOTATION.smokeTest), annotation(manifest, ANNOTATION.smokeTest)]);
  const values = [revision.name, ...revision.images].map((name) => `passed:${name}`);
  return values.find((value) => !said.has(value)) ?? `passed:${revision.name}`;
}

function write(call: Call, session: Session, found: TraefikServiceRef, value: string | null): Promise<JsonObject> {
  return sendAnnotations(call, session, found, { [ANNOTATION.smokeTest]: value });
}
