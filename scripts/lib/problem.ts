/** Something the person at the terminal can solve; the message says what, where and how. Shown without a stack. */
export class Problem extends Error {
  override readonly name = 'Problem';
}

/** Shows a Problem as one line and ends with status 1; everything else is a bug and keeps its stack. */
export function reportProblem(error: unknown): void {
  if (!(error instanceof Problem)) {
    throw error;
  }
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
