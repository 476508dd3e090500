// What a documented command does next, after a write that harmed nothing at once: a promotion and the rollback of it, and
// a route to a TraefikService that none had.
import { at, get, isObject, list, number, text } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { effectOf } from './effect.ts';
import type { Color } from './effect.ts';
import type { Sequence } from './generate.ts';
import { objectOf } from './releases.ts';
import type { Site } from './site.ts';
import { HOST } from './releases.ts';

/** Requests to each replica of Traefik. */
const LOOKS = 8;
const ROUTE = { kind: 'IngressRoute', name: 'next' } as const;

/** What the next step broke, in words; null while all of it goes well. */
export async function harmNext(site: Site, written: Sequence): Promise<string | null> {
  return (await byRoutes(site, written)) ?? (await bySwitches(site));
}

/** A route to a TraefikService that was written beside the release: it has to answer. */
async function byRoutes(site: Site, written: Sequence): Promise<string | null> {
  const { release } = site;
  const beside = written
    .filter(({ kind, name, wanted }) => kind === 'TraefikService' && wanted !== null && !objectOf(release, kind, name))
    .map(({ name }) => name);
  for (const name of new Set(beside)) {
    const match = `Host(\`next.${HOST}\`)`;
    const services = [{ kind: 'TraefikService', name }];
    await site.set(ROUTE, {
      apiVersion: 'traefik.io/v1alpha1',
      kind: ROUTE.kind,
      metadata: { name: ROUTE.name },
      spec: { routes: [{ match, kind: 'Rule', services }] },
    });
    await site.untilRead(['IngressRoute']);
    const answers = await site.traffic.look('next.', LOOKS);
    await site.set(ROUTE, undefined);
    if (answers.some((answer) => !('version' in answer))) return `a route to ${name} is not answered`;
  }
  return null;
}

/** Only a preview that is ready is promoted. */
async function bySwitches(site: Site): Promise<string | null> {
  if (!(await site.settled())) return null;
  for (const color of ['green', 'blue'] as const) {
    await switchTo(site, color);
    await site.untilRead(['TraefikService']);
    const effect = effectOf(await site.traffic.burst(LOOKS), color);
    if (effect !== null) return `after ${color === 'green' ? 'a promotion' : 'the rollback'} ${effect.what}`;
  }
  return null;
}

/** As `kubectl bluegreen promote` does: the weights in place; a detached preview is listed like the active color. */
async function switchTo(site: Site, color: Color): Promise<void> {
  const { release } = site;
  const object = { kind: 'TraefikService', name: release.shop } as const;
  const stored = await site.read(object);
  if (stored === null) return;
  const entries = list(at(stored, 'spec', 'weighted', 'services'));
  const first = entries[0];
  const all = [release.blue, release.green].map(
    (name) => entries.find((entry) => get(entry, 'name') === name) ?? renamed(first, name),
  );
  const services = all.map((entry) => ({
    ...(isObject(entry) ? entry : {}),
    weight: text(get(entry, 'name')) === release[color] ? 100 : 0,
  }));
  await site.set(object, { ...stored, spec: { weighted: { services } } });
}

function renamed(entry: Json | undefined, name: string): Json {
  return { name, port: number(get(entry, 'port')) ?? text(get(entry, 'port')) ?? 80 };
}
