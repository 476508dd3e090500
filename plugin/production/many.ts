import { resourcePath } from '../../common/kube/paths.ts';
import { stringAt } from '../../common/json-paths.ts';
import { COLORS, otherColor, stateOf } from '../../webhook/policy/index.ts';
import { endpointsOf } from '../../webhook/facts/revisions.ts';
import type { Io } from '../cli/io.ts';
import type { Session } from '../cli/session.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { commandLine } from '../traefikservice/names.ts';
import { detachAdvice } from './backend.ts';
import type { BadBackend } from './backend.ts';
import type { Seen } from './look.ts';
import type { Problem } from './problem.ts';
import { brokenRouter, isDefault, problemsFrom } from './problems.ts';
import { mayBeUnread } from './unread.ts';

/** Milliseconds for the endpoints of all Services. */
const DEADLINE = 1000;

/** Broken releases of which it is asked whether Traefik has read them: more than these have another cause. */
const BROKEN_MOST = 20;

/** What is wrong with the production of one of many. */
export interface Finding {
  readonly found: TraefikServiceRef;
  readonly problem: Problem;
}

/**
 * What is wrong with the production of many TraefikServices. Endpoints are read, all at once, only where a replica drops
 * what is empty and its API does not tell. Never rejects. `namespace` is null for all of them.
 */
export async function problemsOfAll(
  session: Session,
  all: readonly TraefikServiceRef[],
  { namespace, seen, io }: { readonly namespace: string | null; readonly seen: Seen; readonly io: Io },
): Promise<readonly Finding[]> {
  const needed = seen.replicas.some((each) => each.broken === null && isDefault(each, 'allowEmptyServices'));
  const empty = needed ? await emptyServices(session, namespace, io) : new Set<string>();
  const few = all.filter((found) => brokenRouter(found, seen) !== null).length <= BROKEN_MOST;
  const findings = all.map(async (found) => {
    const served = { seen, unread: few && (await mayBeUnread(session, found, seen, io)) };
    return problemsFrom(found, emptyColors(found, empty), served).map((problem) => ({ found, problem }));
  });
  return (await Promise.all(findings)).flat();
}

function emptyColors(found: TraefikServiceRef, empty: ReadonlySet<string>): readonly BadBackend[] {
  const { active } = stateOf(found.object, found.pair);
  const state = stateOf(found.object, found.pair);
  const colors = active === null ? COLORS : [active, otherColor(active)];
  return colors
    .filter((color) => state[color] !== null && empty.has(`${found.namespace}/${found.pair[color]}`))
    .map((color) => ({
      color,
      setting: 'allowEmptyServices',
      text: `${found.pair[color]} is listed and has no ready endpoint`,
      advice: detachAdvice(found, color) ?? `To see what ends it: ${commandLine('status', found)}`,
    }));
}

/** Services with endpoints of which none is ready, as NAMESPACE/NAME; none where that cannot be read in time. */
async function emptyServices({ client }: Session, namespace: string | null, io: Io): Promise<ReadonlySet<string>> {
  const signal = AbortSignal.any([AbortSignal.timeout(DEADLINE), io.interrupted]);
  const path = resourcePath('discovery.k8s.io/v1', 'endpointslices', { namespace });
  const slices = await client.list(path, { signal }).catch(() => []);
  const ready = new Map<string, boolean>();
  for (const slice of slices) {
    const service = stringAt(slice, 'metadata', 'labels', 'kubernetes.io/service-name') ?? '';
    const key = `${stringAt(slice, 'metadata', 'namespace') ?? ''}/${service}`;
    ready.set(key, ready.get(key) === true || endpointsOf([slice]).some((endpoint) => endpoint.ready));
  }
  return new Set([...ready].filter(([, any]) => !any).map(([key]) => key));
}
