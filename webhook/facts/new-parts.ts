import { get, text } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import { GROUPS, hasCertificate, objectKey, ownPart, partReferences, splitProvider } from '../policy/index.ts';
import type { NewPart, PartKind, Routed } from '../policy/index.ts';
import { sameJson } from '../../common/json.ts';
import { leadsTo } from './parts.ts';
import { troubleOf } from './part-troubles.ts';
import type { Reader } from './reader.ts';
import { activeOf } from './routes.ts';
import type { RouteChange, Space } from './routes.ts';
import type { UsageReader } from './usage-reader.ts';
import type { Governed } from './usage.ts';

/** A reference that a rule makes for a release. */
interface Named {
  readonly release: Governed;
  readonly part: PartKind;
  readonly reference: Json;
}

/**
 * The Middlewares and TLSOptions that an update of an IngressRoute names anew for a governed TraefikService whose active
 * color answers, and with which Traefik builds no router, or may build none. A creation takes nothing away.
 */
export async function newPartsOf(
  reader: Reader & UsageReader,
  change: RouteChange,
  space: Space,
  signal: AbortSignal,
): Promise<readonly NewPart[]> {
  const found = await Promise.all(
    namedAnew(change, space).map(async ({ release, part, reference }) => {
      const trouble = await troubleWith(reader, change, { part, reference }, signal);
      const routed = trouble === null ? null : await activeOf(reader, change.namespace, release, signal);
      return trouble === null || routed === null ? null : newPart(routed, part, reference, trouble);
    }),
  );
  return found.filter((each) => each !== null);
}

function namedAnew({ group, before, after }: RouteChange, space: Space): readonly Named[] {
  if (before === null || after === null) return [];
  return space.governed
    .filter((release) => release.group === group)
    .flatMap((release) =>
      (['Middleware', 'TLSOption'] as const).flatMap((part) => {
        const [old, now] = [before, after].map((route) =>
          partReferences(route, part, (services) => leadsTo(services, release, space)),
        );
        return (now ?? [])
          .filter((reference) => text(get(reference, 'name')) && !old?.some((each) => sameJson(each, reference)))
          .map((reference) => ({ release, part, reference }));
      }),
    );
}

function newPart(routed: Routed, part: PartKind, reference: Json, trouble: NewPart['trouble']): NewPart {
  return { ...routed, part, written: text(get(reference, 'name')) ?? '', trouble };
}

async function troubleWith(
  reader: Reader & UsageReader,
  { namespace, after: route }: RouteChange,
  { part, reference }: Omit<Named, 'release'>,
  signal: AbortSignal,
): Promise<NewPart['trouble'] | null> {
  const name = ownPart(reference, namespace);
  if (name === null) return beyond(reference, namespace);
  if (part === 'TLSOption' && name === 'default') return { how: 'flawed', flaw: DEFAULT_OPTIONS };
  const lists = await Promise.all(GROUPS.map((each) => reader.listNamed(part, each, namespace, signal)));
  const wanted = objectKey(namespace, name);
  const object = lists.flat().find((each) => objectKey(namespace, nameOf(each)) === wanted);
  if (object === undefined) return { how: 'absent' };
  const certified = route !== null && hasCertificate(route);
  return troubleOf(reader, { part, namespace, before: null, after: object, certified }, signal);
}

/** A reference gets its namespace as a prefix, a TLSOption of this name does not (buildTLSOptions, kubernetes.go). */
const DEFAULT_OPTIONS = {
  cause: 'Traefik finds none of that name, which is for routes without options',
  fix: 'Leave tls.options out instead',
  certain: true,
};

function beyond(reference: Json, namespace: string): NewPart['trouble'] {
  const { provider } = splitProvider(text(get(reference, 'name')) ?? '');
  const where = text(get(reference, 'namespace')) || null;
  return {
    how: 'beyond',
    beyond: provider === null ? { namespace: where ?? namespace } : { provider },
    namespaced: where === namespace,
  };
}
