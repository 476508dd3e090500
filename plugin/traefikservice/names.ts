import { ANNOTATION, previousOf, readRecord } from '../../webhook/policy/index.ts';
import type { Color, Facts } from '../../webhook/policy/index.ts';
import { annotation } from '../../common/json.ts';
import type { TraefikServiceRef } from './find.ts';
import { resourceName } from './find.ts';

/** An image for people: its last path segment, a digest shortened. */
export function shortImage(image: string): string {
  const [reference = '', digest] = image.slice(image.lastIndexOf('/') + 1).split('@');
  return digest === undefined ? reference : `${reference}@${digest.replace('sha256:', '').slice(0, 12)}`;
}

/** Images without the spaces that would break a table. */
export function shortImages(images: readonly string[]): string {
  return images.length === 0 ? '<none>' : images.map(shortImage).join(',');
}

/** What a color runs, in brackets, to stand behind its name; empty when not known. */
export function running(facts: Facts, color: Color): string {
  const images = facts.known ? imagesOf(facts, color) : [];
  return images.length === 0 ? '' : ` (${shortImages(images)})`;
}

/** Images of a color: its pods', or what its scaled-down workload would run. */
export function imagesOf(facts: Facts & { readonly known: true }, color: Color): readonly string[] {
  const { revisions, workload } = facts[color];
  const images = new Set(revisions.flatMap((revision) => revision.images));
  return images.size > 0 ? [...images] : (workload?.images ?? []);
}

/** The command line that does something to a release, as a person would type it. */
export function commandLine(
  verb: string,
  { group, name, namespace }: Pick<TraefikServiceRef, 'group' | 'name' | 'namespace'>,
  extra = '',
): string {
  const target = group === 'traefik.io' ? name : resourceName({ group, name });
  return `kubectl bluegreen ${verb} ${target} -n ${namespace}${extra}`;
}

/** Why nothing is recorded to roll back to, and what can be done instead. Null when something is. */
export function whyNoRollback(found: TraefikServiceRef): string | null {
  if (previousOf(found.object) !== null) return null;
  const record = readRecord(found.object);
  const last = record.history.at(-1);
  const said = annotation(found.object, ANNOTATION.previous);
  if (said === 'none') return 'the former color has a newer version by now, so there is nothing to go back to';
  if (last === undefined) return 'no promotion was recorded on it yet';
  if (last.kind === 'rollback') return `the last switch was a rollback already (to ${last.to})`;
  if (last.kind === 'creation') return 'nothing was promoted since it was created';
  if (last.kind === 'unseen')
    return 'the last switch was made while the webhook was away, so what ran before is not known';
  return 'the version before the last promotion is no longer there';
}
