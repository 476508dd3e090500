import { annotation } from '../../common/json.ts';
import { ANNOTATION, NO_PERMISSION_ASKED } from '../../webhook/policy/index.ts';
import type { Permissions } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import type { Session } from '../cli/session.ts';
import { mayI } from '../kube/access.ts';
import { UsageError, UserError } from '../kube/errors.ts';
import { resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';

/**
 * The reason of --override; null without it. Throws where it is no new one: an override counts in the request that
 * brings its reason.
 */
export function overrideOf({ flags }: Call, found: TraefikServiceRef): string | null {
  if (!flags.isSet('override')) return null;
  const reason = (flags.text('override') ?? '').trim();
  if (reason === '') throw new UsageError('--override needs a reason, such as "incident 42": it is recorded');
  if (reason !== annotation(found.object, ANNOTATION.override)) return reason;
  throw new UserError(
    `the override "${reason}" of ${resourceName(found)} was used by an earlier request. Give a new reason with --override`,
  );
}

/** The user's permission for an override. Throws a UserError without it. */
export async function overridePermissions(
  call: Call,
  { client }: Session,
  { group, name, namespace }: TraefikServiceRef,
): Promise<Permissions> {
  const right = { verb: 'override', group, resource: 'traefikservices', name };
  if (await mayI(client, right, namespace, call.io.interrupted)) return { ...NO_PERMISSION_ASKED, override: 'granted' };
  throw new UserError(
    `--override needs the verb override on traefikservices ${name} in ${namespace}, which you do not have. Nothing was changed. ` +
      `Ask a user who has it, or grant it: verb override, resource traefikservices, group ${group}`,
  );
}
