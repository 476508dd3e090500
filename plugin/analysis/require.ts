import type { Call } from '../cli/command.ts';
import type { Session } from '../cli/session.ts';
import { jobImage } from '../job/image.ts';
import { describeError } from '../kube/errors.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { requireServiceAccount } from './job.ts';
import { metricsUnreadable, whyUnreadable } from './observe.ts';

/** Throws a UserError where a switch could not be analyzed: asked for before anything is changed for that switch. */
export async function requireAnalysis(call: Call, session: Session, found: TraefikServiceRef): Promise<void> {
  if (call.flags.boolean('in-cluster')) {
    await requireServiceAccount(call, session, found.namespace);
    await jobImage(call, session);
  } else if (!call.flags.boolean('without-metrics')) {
    const why = await whyUnreadable(call, session, [found]).catch((error: unknown) => describeError(error));
    call.io.interrupted.throwIfAborted();
    if (why !== null) throw metricsUnreadable(why);
  }
}
