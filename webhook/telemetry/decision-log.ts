import type { Decided } from '../admission/decision-event.ts';
import type { Origin } from '../admission/origin.ts';
import type { Log } from './log.ts';

/**
 * Says what was decided and for whom; docs/operations.md lists the fields. What moves traffic, is denied or would be is a
 * line at info, an override one at warn, a fault of the webhook one at error; the rest, which is nearly all, only at debug.
 * No object is ever logged. A line about a review that nothing shows to be the API server's is marked in its message.
 *
 * @param origin null where it was not looked for
 */
export function logDecision(log: Log, decided: Decided, origin: Origin | null): void {
  const { webhook, mode, request, answer, milliseconds } = decided;
  const { verdict, switched, checks, override, warnings } = answer;
  const denied = verdict === 'denied' || verdict === 'errored';
  const fields = {
    webhook,
    mode,
    verdict,
    ...(switched !== null && { switch: switched }),
    operation: request.operation,
    resource: request.subResource === '' ? request.resource : `${request.resource}/${request.subResource}`,
    group: request.group,
    namespace: request.namespace,
    name: request.name,
    user: request.user.name,
    ...(request.dryRun && { dryRun: true }),
    uid: request.uid,
    ...(origin !== null && { origin }),
    durationMs: Math.round(milliseconds * 100) / 100,
    ...(checks.length > 0 && { checks }),
    ...(override !== null && { override }),
    ...(warnings.length > 0 && { warnings }),
    ...(denied && { statusMessage: answer.message }),
  };
  const mark = origin === 'none' ? ' (unproven)' : '';
  // Said once by what bounds them, and not by each of the many.
  if (answer.verdict === 'errored' && answer.code === 429) log.debug(fields, `busy${mark}`);
  else if (verdict === 'errored') log.error(fields, `could not decide${mark}`);
  else if (denied) log.info(fields, `denied${mark}`);
  else if (override !== null) log.warn(fields, `overridden${mark}`);
  else if (switched !== null) log.info(fields, `switch allowed${mark}`);
  else if (checks.length > 0) log.info(fields, `allowed, would be denied${mark}`);
  else log.debug(fields, `${verdict}${mark}`);
}
