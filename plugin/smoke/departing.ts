import { revisionsOf } from '../../webhook/facts/revisions.ts';
import type { JsonObject } from '../../common/json.ts';
import { podsOf } from '../pods/list.ts';
import type { Call } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { UserError } from '../kube/errors.ts';
import { stringAt } from '../../common/json-paths.ts';
import type { Session } from '../cli/session.ts';
import type { Snapshot } from './revision.ts';

/** Milliseconds between two looks. */
const POLL = 400;
/** Milliseconds within which every node has learned that a pod is gone: kube-proxy's shortest time between two syncs is a second. */
const SPREAD = 1500;

/**
 * Waits until no pod of another revision is left behind the preview's Service. A pod that is being deleted is no
 * endpoint any more, but the nodes learn of that later, and until then it may answer in place of what is tested. Throws
 * with the time-out's exit code when they stay longer than `timeout` milliseconds.
 */
export async function awaitDeparted(
  call: Call,
  session: Session,
  { found, preview, revision }: Snapshot,
  timeout: number,
): Promise<void> {
  if (revision === null) return;
  const { io } = call;
  const service = found.pair[preview];
  const deadline = io.now().getTime() + timeout;
  for (let look = 0; ; look += 1) {
    const { pods } = await podsOf(session, found, preview, io.interrupted);
    const departing = pods.filter((pod) => isDeparting(pod) && revisionsOf([pod])[0]?.name !== revision.name);
    if (departing.length === 0) {
      if (look > 0) await io.sleep(SPREAD, io.interrupted);
      return;
    }
    const count = departing.length === 1 ? '1 pod' : `${departing.length} pods`;
    if (io.now().getTime() >= deadline) {
      throw new UserError(
        `timed out after ${timeout / 1000}s waiting for ${count} of the former version behind ${service} to end: until then they may answer in place of the new ones. Try again, or wait longer with --timeout`,
        EXIT.timeout,
      );
    }
    if (look === 0)
      io.err.write(`${call.paint.err.dim(`${service}:`)} ${count} of the former version may still answer\n`);
    await io.sleep(POLL, io.interrupted);
  }
}

/** Whether a pod is being deleted and still runs. */
function isDeparting(pod: JsonObject): boolean {
  const phase = stringAt(pod, 'status', 'phase');
  return stringAt(pod, 'metadata', 'deletionTimestamp') !== undefined && phase !== 'Succeeded' && phase !== 'Failed';
}
