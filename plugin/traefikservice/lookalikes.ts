import { resourcePath } from '../../common/kube/paths.ts';
import { stringAt } from '../../common/json-paths.ts';
import { GROUPS, likelyPairOf, likelyPairsIn } from '../../webhook/policy/index.ts';
import type { Group, Pair } from '../../webhook/policy/index.ts';
import type { Session } from '../cli/session.ts';
import { asGoverned, collectionPath } from './find.ts';
import { askGroups } from './groups.ts';
import type { Unanswered } from './groups.ts';

/** An object that names what looks like a pair and that no check applies to. */
export interface Lookalike {
  readonly kind: 'TraefikService' | 'IngressRoute';
  readonly group: Group;
  readonly namespace: string;
  readonly name: string;
  readonly pair: Pair;
}

export interface Lookalikes {
  readonly found: readonly Lookalike[];
  /** Groups of which not everything could be read. */
  readonly unread: readonly Unanswered[];
}

/** Looks for them in a namespace, or in all with `null`. Never rejects for a group that cannot be read. */
export async function listLookalikes(session: Session, namespace: string | null): Promise<Lookalikes> {
  const asked = await Promise.all(
    [ungoverned, splitting].map((look) => askGroups(session, GROUPS, (group) => look(session, group, namespace))),
  );
  return {
    found: asked.flatMap(({ answers }) => answers.flat()),
    unread: asked.flatMap(({ forbidden, failed }) => [...forbidden, ...failed]),
  };
}

async function ungoverned(session: Session, group: Group, namespace: string | null): Promise<readonly Lookalike[]> {
  const objects = await session.client.list(collectionPath(group, namespace), {});
  const likely = objects.flatMap((object) => {
    const pair = likelyPairOf(object);
    return pair === null ? [] : [{ object, pair }];
  });
  const governed = await Promise.all(likely.map(({ object }) => asGoverned(session, group, object)));
  return likely
    .filter((_, index) => governed[index] === null)
    .map(({ object, pair }) => ({ kind: 'TraefikService', group, ...whereIs(object, session), pair }));
}

/** IngressRoutes that divide requests over such Services by themselves. */
async function splitting(session: Session, group: Group, namespace: string | null): Promise<readonly Lookalike[]> {
  const routes = await session.client.list(resourcePath(`${group}/v1alpha1`, 'ingressroutes', { namespace }), {});
  return routes.flatMap((route) =>
    likelyPairsIn(route).map((pair): Lookalike => ({ kind: 'IngressRoute', group, ...whereIs(route, session), pair })),
  );
}

function whereIs(object: unknown, session: Session): Pick<Lookalike, 'namespace' | 'name'> {
  return {
    namespace: stringAt(object, 'metadata', 'namespace') ?? session.namespace,
    name: stringAt(object, 'metadata', 'name') ?? '',
  };
}
