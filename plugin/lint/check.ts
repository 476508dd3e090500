import {
  byKey,
  CHECKS,
  NO_NEIGHBORS,
  NO_PERMISSION_ASKED,
  decide,
  evaluateUngoverned,
  governed,
  keysOf,
  neighborOf,
  childrenOf,
} from '../../webhook/policy/index.ts';
import type { Decision, Group, Need, Neighbors, Pair } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { stringAt } from '../../common/json-paths.ts';
import { LENIENT } from '../switch/settings.ts';
import type { LintObject } from '../kube/manifests.ts';
import { lintEntries } from './entries.ts';
import { lintLookalikes } from './lookalikes.ts';
import { lintDeadEnds } from './dead-ends.ts';
import { namesTaken } from './names.ts';
import { groupOf, keyOf, namespaceOf } from './objects.ts';
import type { LintFinding } from './objects.ts';
import { commonSelectors } from './selectors.ts';
import { groupOfRoute, lintRoute, LINT_SEVERITY } from './routes.ts';

export interface LintResult {
  readonly findings: readonly LintFinding[];
  /** How many TraefikServices the policy applies to. */
  readonly checked: number;
  /** How many IngressRoutes were looked at. */
  readonly routes: number;
}

/** What manifests hold: the rest takes a cluster. */
const IN_MANIFESTS: ReadonlySet<Need> = new Set(['nothing', 'neighbors']);

/** The checks that lint leaves to the webhook. */
export const NOT_CHECKED: readonly string[] = CHECKS.filter(({ needs }) => !IN_MANIFESTS.has(needs)).map(
  ({ id }) => id,
);

interface ManifestRelease {
  readonly item: LintObject;
  readonly group: Group;
  readonly namespace: string;
  readonly pair: Pair;
}

/** The webhook's own policy on manifests, as if each were created. Services of the same files make a lone color a pair. */
export function lintObjects(objects: readonly LintObject[], namespace: string): LintResult {
  const services = objects.map(({ object }) => object).filter((object) => object['kind'] === 'Service');
  const names = new Set(services.map((object) => keyOf(object, namespace)));
  const releases = objects.flatMap((item) => releaseOf(item, namespace, (key) => names.has(key)));
  const routes = objects.filter(({ object }) => groupOfRoute(object) !== null);
  const findings = objects.flatMap((item) => {
    const taken = namesTaken(item, objects, namespace, (object) => releaseFor(object, releases)?.pair ?? null);
    const release = releaseFor(item.object, releases);
    if (release !== undefined) {
      const here = services.filter((each) => namespaceOf(each, namespace) === release.namespace);
      return [...lintOne(release, neighborsOf(release, objects, releases, namespace), here), ...taken];
    }
    return routes.includes(item)
      ? [
          ...lintRoutes(item, namespace, { objects, releases }),
          ...lintLookalikes(item, namespace),
          ...lintDeadEnds(item, objects, namespace),
        ]
      : [...lintUngoverned(item, namespace), ...lintLookalikes(item, namespace), ...taken];
  });
  return { findings, checked: releases.length, routes: routes.length };
}

function releaseFor(object: JsonObject, releases: readonly ManifestRelease[]): ManifestRelease | undefined {
  return releases.find((each) => each.item.object === object);
}

function releaseOf(
  item: LintObject,
  fallback: string,
  exists: (service: string) => boolean,
): readonly ManifestRelease[] {
  const group = groupOf(item.object);
  if (group === null) return [];
  const namespace = namespaceOf(item.object, fallback);
  const pair = pairOf(item.object, (name) => exists(`${namespace}/${name}`));
  return pair === null ? [] : [{ item, group, namespace, pair }];
}

interface Manifests {
  readonly objects: readonly LintObject[];
  readonly releases: readonly ManifestRelease[];
}

function lintRoutes(item: LintObject, fallback: string, { objects, releases }: Manifests): readonly LintFinding[] {
  const group = groupOfRoute(item.object);
  if (group === null) return [];
  const resource = keyOf(item.object, fallback);
  const namespace = namespaceOf(item.object, fallback);
  const here = objects.map(({ object }) => object).filter((object) => namespaceOf(object, fallback) === namespace);
  const space = {
    namespace,
    all: byKey(
      here.filter((object) => groupOf(object) !== null),
      namespace,
    ),
    governed: releases
      .filter((each) => each.namespace === namespace)
      .map((each) => ({ group: each.group, object: each.item.object, pair: each.pair })),
  };
  return lintRoute(item.object, group, space).map(({ path, ...finding }) => {
    return { ...finding, file: item.file, position: item.locate(path), resource };
  });
}

/** The other TraefikServices of the files in its namespace, with the weights that the webhook would fill in. */
function neighborsOf(
  release: ManifestRelease,
  objects: readonly LintObject[],
  releases: readonly ManifestRelease[],
  fallback: string,
): Neighbors {
  const keys = keysOf(objects.map(({ object }) => object).filter((object) => groupOf(object) !== null));
  const those = objects.flatMap((item) => {
    const group = groupOf(item.object);
    const namespace = namespaceOf(item.object, fallback);
    if (item === release.item || group === null || namespace !== release.namespace) return [];
    const governedToo = releases.find((each) => each.item === item);
    const object = governedToo === undefined ? item.object : creation(governedToo, NO_NEIGHBORS).object;
    return neighborOf(object, group, release.pair, keys) ?? [];
  });
  return { known: true, those };
}

/** What the policy says when it is created. */
function creation({ item, group, namespace, pair }: ManifestRelease, neighbors: Neighbors): Decision {
  const { object } = item;
  const name = stringAt(object, 'metadata', 'name') ?? '';
  return decide({
    change: { operation: 'CREATE', group, namespace, name, object, oldObject: null, user: '', serverSideApply: false },
    pair,
    facts: { known: false, reason: 'no cluster was asked' },
    neighbors,
    settings: LENIENT,
    permissions: NO_PERMISSION_ASKED,
    at: '',
  });
}

function lintOne(
  release: ManifestRelease,
  neighbors: Neighbors,
  services: readonly JsonObject[],
): readonly LintFinding[] {
  const { item, namespace, pair } = release;
  const { object } = item;
  const { findings, warnings } = creation(release, neighbors);
  const same = commonSelectors(pair, services);
  function finding(severity: LintFinding['severity'], check: string, message: string): LintFinding {
    return {
      severity,
      check,
      message,
      file: item.file,
      position: item.locate(pathOf(check)),
      resource: `${namespace}/${stringAt(object, 'metadata', 'name') ?? ''}`,
    };
  }
  return [
    ...[...findings, ...warnings]
      .filter(({ needs }) => IN_MANIFESTS.has(needs))
      .map(({ severity, check, detail }) => finding(LINT_SEVERITY[severity], check, detail)),
    ...lintEntries(object, release, services).map(({ check, message }) => finding('error', check, message)),
    ...(same === null ? [] : [finding('error', 'distinct-pods', same)]),
    ...weightsInManifest(object, pair).map((text) => finding('warning', 'weights-in-manifest', text)),
  ];
}

/** What a TraefikService tells in vain. One that lists a lone color may be a release in the cluster. */
function lintUngoverned(item: LintObject, fallback: string): readonly LintFinding[] {
  const { object, file } = item;
  if (groupOf(object) === null || governed({ object, oldObject: null }).kind === 'sibling') return [];
  const { findings, warnings } = evaluateUngoverned({ object, oldObject: null });
  return [...findings, ...warnings].map(({ severity, check, detail }) => ({
    severity: LINT_SEVERITY[severity],
    check,
    message: detail,
    file,
    position: item.locate(['metadata', 'annotations']),
    resource: keyOf(object, fallback),
  }));
}

function weightsInManifest(object: JsonObject, pair: Pair): readonly string[] {
  const given = childrenOf(object).filter(
    (child) => (child.name === pair.blue || child.name === pair.green) && child.weight !== 'missing',
  );
  if (given.length === 0) return [];
  return [
    'the manifest sets weights: applying it after a promotion sends production back. Leave them out; the webhook fills them in and keeps them',
  ];
}

function pathOf(check: string): readonly (string | number)[] {
  if (check === 'annotations') return ['metadata', 'annotations'];
  if (check === 'weighted-only') return ['spec'];
  return ['spec', 'weighted', 'services'];
}

function pairOf(object: JsonObject, exists: (service: string) => boolean): Pair | null {
  const governance = governed({ object, oldObject: null });
  if (governance.kind === 'pair') return governance.pair;
  if (governance.kind === 'no') return null;
  return governance.candidates.find(({ sibling }) => exists(sibling))?.pair ?? null;
}
