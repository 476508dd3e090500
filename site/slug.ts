/**
 * The anchor of a heading, as code hosts make it and as the site does: lower case, without punctuation, a hyphen for
 * each blank.
 */
export function slugOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}
