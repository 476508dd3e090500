import { ANNOTATION, LAST_APPLIED } from './annotations.ts';
import { annotation, at, get, list, parseObject, text } from '../../common/json.ts';
import { readRecord } from './record.ts';
import type { Change } from './types.ts';
import type { JsonObject } from '../../common/json.ts';

/** What a user's annotation says. `name` is null for the short form, a bare `passed`. */
export type Attestation = { readonly name: string | null } | null;

/** Reads `passed` or `passed:<image tag, digest or revision>`; null for every other value, which is not a pass. */
export function readAttestation(value: string | null): Attestation {
  if (value === 'passed') return { name: null };
  const name = value?.startsWith('passed:') ? value.slice('passed:'.length).trim() : '';
  return name === '' ? null : { name };
}

type Objects = Pick<Change, 'object' | 'oldObject'>;
type Writing = Objects & Pick<Change, 'serverSideApply'>;

/** The attestation that this request makes anew: what a manifest already said is no news. */
export function newAttestation(writing: Writing): Attestation {
  const value = writtenAnew(writing);
  return value === null || wasApplied(value, writing) ? null : readAttestation(value);
}

/** A revoked pass that this request writes again, which does not count; null for anything else. */
export function repeatedPass(writing: Writing): string | null {
  const value = writtenAnew(writing);
  return value !== null && readAttestation(value) !== null && wasApplied(value, writing) ? value : null;
}

function writtenAnew({ object, oldObject }: Objects): string | null {
  const value = annotation(object, ANNOTATION.smokeTest);
  return value === annotation(oldObject, ANNOTATION.smokeTest) ? null : value;
}

/**
 * Whether a manifest said so before, so that a sync of an unchanged one never attests again. `kubectl apply` keeps the
 * last one on the object. A server-side apply keeps none: what it last said is on the object as long as no other client
 * writes there, and what another client wrote over is kept in the record.
 */
function wasApplied(value: string, { oldObject, serverSideApply }: Writing): boolean {
  const manifest = parseObject(annotation(oldObject, LAST_APPLIED));
  return (
    value === annotation(manifest, ANNOTATION.smokeTest) ||
    (serverSideApply && readRecord(oldObject).supersededPasses.includes(shortened(value)))
  );
}

/** Passes kept, the latest last. */
const PASSES_LIMIT = 8;
/** Characters kept of each: names of images and revisions are shorter. */
const LENGTH_LIMIT = 512;

/**
 * The passes that server-side applies said, after a change: with the old object's, when a manager that applied it does
 * not own it any more, because another client wrote over it or removed it.
 */
export function nextSupersededPasses(passes: readonly string[], { object, oldObject }: Objects): readonly string[] {
  const value = annotation(oldObject, ANNOTATION.smokeTest);
  if (value === null || readAttestation(value) === null) return passes;
  const still = appliersOf(object);
  if (appliersOf(oldObject).every((manager) => still.includes(manager))) return passes;
  const kept = shortened(value);
  return [...passes.filter((each) => each !== kept), kept].slice(-PASSES_LIMIT);
}

/** Field managers whose server-side apply owns the smoke-test annotation, as the API server has it. */
export function appliersOf(object: JsonObject | null): readonly string[] {
  const field = `f:${ANNOTATION.smokeTest}`;
  return list(at(object, 'metadata', 'managedFields'))
    .filter((entry) => get(entry, 'operation') === 'Apply')
    .filter((entry) => at(entry, 'fieldsV1', 'f:metadata', 'f:annotations', field) !== undefined)
    .map((entry) => text(get(entry, 'manager')) ?? '');
}

function shortened(value: string): string {
  return value.slice(0, LENGTH_LIMIT);
}
