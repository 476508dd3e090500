/** What a client of production got: the version that answered, or the status, or that there was no answer. */
export type Answer = { readonly version: string } | { readonly status: number } | { readonly failed: string };

/** What production did: null while it answered 200 from the expected version alone. */
export interface Effect {
  /** Such as `404`, `6.1.6`, `404 + 6.1.6`. */
  readonly what: string;
  /** How many of the requests were answered so. */
  readonly share: string;
}

/** The versions of the release: blue runs the older one, green the newer one. */
export const VERSIONS = { blue: '6.1.5', green: '6.1.6' } as const;
export type Color = keyof typeof VERSIONS;

/** Judges the answers of a time in which only one color should have answered. */
export function effectOf(answers: readonly Answer[], active: Color): Effect | null {
  const wrong = answers.filter((answer) => !('version' in answer) || answer.version !== VERSIONS[active]);
  if (wrong.length === 0) return null;
  const kinds = new Set(wrong.map(nameOf));
  return { what: [...kinds].toSorted().join(' + '), share: `${wrong.length} of ${answers.length}` };
}

function nameOf(answer: Answer): string {
  if ('version' in answer) return `version ${answer.version}`;
  return 'status' in answer ? String(answer.status) : 'no answer';
}
