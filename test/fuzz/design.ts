// The rules of their own that the design lists, read from what was written alone: a write against one of them is rightly
// denied although production goes on. Nothing here asks the product.
import { annotation, at, get, isObject, list, number, sameJson, text } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import type { Sequence } from './generate.ts';
import { objectOf } from './releases.ts';
import type { Release } from './releases.ts';
import { isWorkload } from './resources.ts';
import type { Write } from './writes.ts';

/** The rule that a sequence goes against, by the design's name for it; null for none. */
export function ruleAgainst(release: Release, sequence: Sequence, allowEmptyServices: boolean): string | null {
  return sequence.map((write) => ruleOf(release, write, allowEmptyServices)).find((rule) => rule !== null) ?? null;
}

function ruleOf(release: Release, write: Write, allowEmptyServices: boolean): string | null {
  const { kind, wanted } = write;
  if (kind === 'TraefikService') return wanted === null ? null : ofTraefikService(release, wanted);
  if (kind === 'IngressRoute') return list(at(wanted, 'spec', 'routes')).some(splits) ? 'inline-weights' : null;
  if (kind === 'Service') return ofService(release, write);
  return isWorkload(kind) ? ofWorkload(release, write, allowEmptyServices) : null;

  function splits(rule: Json): boolean {
    const named = new Set(list(get(rule, 'services')).map((entry) => answering(release, entry)));
    return named.has(release.blue) && named.has(release.green);
  }
}

/** The color that answers what is sent to a backend of a route: a TraefikService of the release answers by blue. */
function answering(release: Release, entry: Json): string | null {
  const name = (text(get(entry, 'name')) ?? '').replace(/@kubernetescrd$/, '');
  const isOurs = get(entry, 'kind') === 'TraefikService' && objectOf(release, 'TraefikService', name) !== undefined;
  return isOurs ? release.blue : colorOf(release, entry);
}

const OTHERS = ['mirroring', 'highestRandomWeight', 'failover'];

/** Of one that names a color in the first of its strategies: that is the one which Traefik reads. */
function ofTraefikService(release: Release, wanted: JsonObject): string | null {
  const spec = at(wanted, 'spec');
  const isShop = text(at(wanted, 'metadata', 'name')) === release.shop;
  if (takesPlace(release, text(at(wanted, 'metadata', 'name')) ?? '')) return 'distinct-names';
  if ((get(spec, 'weighted') ?? null) === null) {
    const other = OTHERS.find((key) => (get(spec, key) ?? null) !== null);
    const reached = other !== undefined && entriesBelow(get(spec, other)).some((entry) => colorOf(release, entry));
    return reached ? 'weighted-only' : isShop ? 'known-colors' : null;
  }
  const entries = list(at(spec, 'weighted', 'services'));
  if (!isShop && !entries.some((entry) => colorOf(release, entry))) return null;
  if (!isShop && otherOptions(release, entries)) return 'distinct-names';
  return ofList(release, wanted, entries);
}

/** Traefik has a port of a Service and a TraefikService by names of one kind, in which a dot is a dash. */
function takesPlace({ shop, blue, green }: Release, name: string): boolean {
  const key = name.replaceAll('.', '-');
  const ports = [blue, green].flatMap((color) => ['80', '81', 'http', 'other'].map((port) => `${color}-${port}`));
  return ports.includes(key) || (key === shop.replaceAll('.', '-') && name !== shop);
}

/** Options by which Traefik chooses among pods, or that say which Service it is. */
const NO_OPTIONS: ReadonlySet<string> = new Set(['name', 'kind', 'namespace', 'port', 'weight', 'strategy']);

/** Traefik keeps one configuration of a port of a Service: the active color has the same options everywhere. */
function otherOptions(release: Release, entries: readonly Json[]): boolean {
  const shop = objectOf(release, 'TraefikService', release.shop)?.manifest;
  const own = list(at(shop, 'spec', 'weighted', 'services')).find((entry) => get(entry, 'name') === release.blue);
  return entries
    .filter((entry) => get(entry, 'name') === release.blue && get(entry, 'port') === get(own, 'port'))
    .some((entry) => !sameJson(optionsOf(entry), optionsOf(own)));
}

function optionsOf(entry: Json | undefined): JsonObject {
  const all = isObject(entry) ? Object.entries(entry) : [];
  return Object.fromEntries(all.filter(([key]) => !NO_OPTIONS.has(key)));
}

function ofList(release: Release, wanted: JsonObject, entries: readonly Json[]): string | null {
  const names = entries.map((entry) => text(get(entry, 'name')) ?? '');
  if (entries.some((entry) => !isPlain(release, entry)) || new Set(names).size < names.length) return 'known-colors';
  if (entries.some((entry) => !hasPort(release, entry))) return 'backends-exist';
  const weights = entries.map((entry) => get(entry, 'weight') ?? null);
  // What is left out is filled in.
  if (!weights.includes(null) && weights.reduce<number>((sum, each) => sum + (number(each) ?? NaN), 0) !== 100)
    return 'weights-total';
  if (weights.some((each) => each !== null && each !== 0 && each !== 100)) return 'single-active';
  const green = entries[names.indexOf(release.green)];
  const tested = TESTED.has(annotation(wanted, 'bluegreen.dev/smoke-test') ?? '');
  const gains = get(green, 'weight') === 100 || (green !== undefined && entries.length === 1);
  return gains && !tested ? 'smoke-test' : null;
}

const TESTED: ReadonlySet<string> = new Set(['passed', 'passed:6.1.6']);

/** A Service of this namespace that is a color. */
function isPlain({ blue, green }: Release, entry: Json): boolean {
  const kind = text(get(entry, 'kind')) ?? 'Service';
  const name = text(get(entry, 'name'));
  return kind === 'Service' && !text(get(entry, 'namespace')) && (name === blue || name === green);
}

function hasPort(release: Release, entry: Json): boolean {
  const service = objectOf(release, 'Service', text(get(entry, 'name')) ?? '');
  const wanted = get(entry, 'port');
  return list(at(service?.manifest, 'spec', 'ports')).some((port) =>
    typeof wanted === 'number' ? get(port, 'port') === wanted : get(port, 'name') === wanted,
  );
}

/** The color that an entry names: as its Service, or by the name that Traefik has for a port of it. */
function colorOf({ blue, green }: Release, entry: Json): string | null {
  const name = (text(get(entry, 'name')) ?? '').replace(/@kubernetescrd$/, '');
  const known = get(entry, 'kind') === 'TraefikService' ? name.replace(/-(?:\d+|http|other)$/, '') : name;
  if (get(entry, 'kind') === 'TraefikService' && known === name) return null;
  return [blue, green].find((color) => color === known) ?? null;
}

function entriesBelow(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return list(value).flatMap(entriesBelow);
  return isObject(value) ? [value, ...Object.values(value).flatMap(entriesBelow)] : [];
}

/** A listed Service is not deleted and keeps the listed port; the active one's selector does not change. */
function ofService(release: Release, { name, wanted }: Write): string | null {
  const before = objectOf(release, 'Service', name)?.manifest;
  if (before === undefined || (name !== release.blue && name !== release.green)) return null;
  const shop = objectOf(release, 'TraefikService', release.shop)?.manifest;
  const entry = list(at(shop, 'spec', 'weighted', 'services')).find((each) => get(each, 'name') === name);
  if (entry === undefined) return null;
  const listed = get(entry, 'port');
  const kept = list(at(wanted, 'spec', 'ports')).some((port) =>
    [get(port, 'port'), get(port, 'name')].some((each) => each === listed),
  );
  if (!kept) return 'active-service';
  if (name === release.blue && at(wanted, 'spec', 'publishNotReadyAddresses') === true) return 'active-service';
  const turned = !sameJson(at(before, 'spec', 'selector') ?? {}, at(wanted, 'spec', 'selector') ?? {});
  return name === release.blue && turned ? 'active-service' : null;
}

/** What serves production is not scaled to 0, deleted, or given other images or pod labels; a listed preview neither, if … */
function ofWorkload(release: Release, { way, kind, name, wanted }: Write, allowEmptyServices: boolean): string | null {
  const gone = wanted === null || at(wanted, 'spec', 'replicas') === 0;
  if (name === release.green && gone && !allowEmptyServices && isListed(release)) return 'preview-workload';
  if (name !== release.blue) return null;
  if (gone) return 'active-workload';
  const before = objectOf(release, kind, name)?.manifest;
  const turned = [imagesOf, labelsOf].some((read) => !sameJson(read(before), read(wanted)));
  // A container of another name comes beside those of other field managers.
  const added = way === 'server-side apply' && !sameJson(namesOf(before), namesOf(wanted));
  return before !== undefined && (turned || added) ? 'active-workload' : null;
}

function isListed(release: Release): boolean {
  const shop = objectOf(release, 'TraefikService', release.shop)?.manifest;
  return list(at(shop, 'spec', 'weighted', 'services')).some((entry) => get(entry, 'name') === release.green);
}

function imagesOf(workload: JsonObject | undefined): Json {
  return containersOf(workload).map((container) => get(container, 'image') ?? null);
}

function namesOf(workload: JsonObject | undefined): Json {
  return containersOf(workload).map((container) => get(container, 'name') ?? null);
}

function containersOf(workload: JsonObject | undefined): readonly Json[] {
  const pod = at(workload, 'spec', 'template', 'spec');
  return [...list(get(pod, 'containers')), ...list(get(pod, 'initContainers'))];
}

function labelsOf(workload: JsonObject | undefined): Json {
  return at(workload, 'spec', 'template', 'metadata', 'labels') ?? {};
}
