import { UserError } from '../kube/errors.ts';

/** Why a test could not be run: it says nothing about the preview, so nothing is recorded and an earlier pass stays. */
export function notRun(why: string): UserError {
  return new UserError(`the test could not be run, so nothing was recorded: ${why}`);
}
