import type { Facts } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import type { Session } from '../cli/session.ts';
import { flow } from '../printers/flow.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { resourceName } from '../traefikservice/find.ts';
import { lookAtTraefik } from './look.ts';
import { problemLine } from './problem.ts';
import { problemsOf } from './problems.ts';
import { mayBeUnread } from './unread.ts';

/** Prints what is wrong with production after a switch, in red, a line each. Never rejects. */
export async function reportProduction(
  call: Call,
  session: Session,
  switched: readonly { readonly found: TraefikServiceRef; readonly facts: Facts }[],
): Promise<void> {
  const { io, flags, paint } = call;
  const seen = await lookAtTraefik(session, flags.text('traefik'), io);
  for (const { found, facts } of switched) {
    const unread = await mayBeUnread(session, found, seen, io);
    for (const problem of problemsOf(found, facts, { seen, unread })) {
      const line = `${resourceName(found)}: ${problemLine(problem)}`;
      io.err.write(`${paint.err.bad(flow(line, io.err.columns?.()))}\n`);
    }
  }
}
