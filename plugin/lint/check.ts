import { CHECKS, GROUPS, NO_PERMISSION_ASKED, decide, governed } from '../../webhook/policy/index.ts';
import type { Change, CheckId, Group, JsonObject, Pair } from '../../webhook/policy/index.ts';
import { childrenOf } from '../../webhook/policy/state.ts';
import { stringAt } from '../kube/values.ts';
import { LENIENT } from '../settings.ts';
import type { LintObject, Position } from './documents.ts';

export interface LintFinding {
  readonly severity: 'error' | 'warning';
  readonly rule: string;
  readonly message: string;
  readonly file: string;
  readonly position: Position;
  /** `NAMESPACE/NAME`; empty for a text that is no YAML. */
  readonly resource: string;
}

export interface LintResult {
  readonly findings: readonly LintFinding[];
  /** How many TraefikServices the policy applies to. */
  readonly checked: number;
}

/** Checks that compare with what runs: without a cluster they say nothing. */
const NEEDS_CLUSTER: readonly string[] = [
  'smoke-test',
  'ready-endpoints',
  'backends-exist',
  'permission',
  'record',
  'frozen',
  'shared-color',
];

/** The checks that lint leaves to the webhook. */
export const NOT_CHECKED: readonly string[] = NEEDS_CLUSTER.filter((id) => CHECKS.some((check) => check.id === id));

/** The webhook's own policy on manifests, as if each were created. Services of the same files make a lone color a pair. */
export function lintObjects(objects: readonly LintObject[], namespace: string): LintResult {
  const services = new Set(
    objects.filter(({ object }) => object['kind'] === 'Service').map(({ object }) => keyOf(object, namespace)),
  );
  const findings: LintFinding[] = [];
  let checked = 0;
  for (const item of objects) {
    const group = groupOf(item.object);
    if (group === null) continue;
    const place = stringAt(item.object, 'metadata', 'namespace') ?? namespace;
    const pair = pairOf(item.object, (name) => services.has(`${place}/${name}`));
    if (pair === null) continue;
    checked += 1;
    findings.push(...lintOne(item, group, place, pair));
  }
  return { findings, checked };
}

function lintOne(item: LintObject, group: Group, namespace: string, pair: Pair): readonly LintFinding[] {
  const { object } = item;
  const name = stringAt(object, 'metadata', 'name') ?? '';
  const change: Change = {
    operation: 'CREATE',
    group,
    namespace,
    name,
    object,
    oldObject: null,
    user: '',
    serverSideApply: false,
  };
  const { violations, warnings } = decide({
    change,
    pair,
    facts: { known: false, reason: 'no cluster was asked' },
    settings: LENIENT,
    permissions: NO_PERMISSION_ASKED,
    at: '',
  });
  const finding = (severity: LintFinding['severity'], rule: string, message: string): LintFinding => ({
    severity,
    rule,
    message,
    file: item.file,
    position: item.locate(pathOf(rule)),
    resource: `${namespace}/${name}`,
  });
  return [
    ...violations
      .filter(({ check }) => !needsCluster(check))
      .map(({ check, detail }) => finding('error', check, detail)),
    ...warnings
      .map(splitWarning)
      .filter(([rule]) => !NEEDS_CLUSTER.includes(rule))
      .map(([rule, text]) => finding('warning', rule, text)),
    ...weightsInManifest(object, pair).map((text) => finding('warning', 'weights-in-manifest', text)),
  ];
}

function needsCluster(check: CheckId): boolean {
  return NEEDS_CLUSTER.includes(check);
}

/** Warnings come as one text: `check: what`. */
function splitWarning(warning: string): readonly [string, string] {
  const colon = warning.indexOf(': ');
  return colon < 0 ? ['', warning] : [warning.slice(0, colon), warning.slice(colon + 2)];
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

function pathOf(rule: string): readonly (string | number)[] {
  if (rule === 'weighted-only') return ['spec'];
  return ['spec', 'weighted', 'services'];
}

function keyOf(object: JsonObject, namespace: string): string {
  return `${stringAt(object, 'metadata', 'namespace') ?? namespace}/${stringAt(object, 'metadata', 'name') ?? ''}`;
}

function groupOf(object: JsonObject): Group | null {
  if (object['kind'] !== 'TraefikService') return null;
  const [group] = (stringAt(object, 'apiVersion') ?? '').split('/');
  return GROUPS.find((known) => known === group) ?? null;
}

function pairOf(object: JsonObject, exists: (service: string) => boolean): Pair | null {
  const governance = governed({ object, oldObject: null });
  if (governance.kind === 'pair') return governance.pair;
  if (governance.kind === 'no') return null;
  return governance.candidates.find(({ sibling }) => exists(sibling))?.pair ?? null;
}
