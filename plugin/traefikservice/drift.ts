import { childrenOf, colorOf, stateOf, LAST_APPLIED } from '../../webhook/policy/index.ts';
import type { Pair } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { annotation, at, parseObject } from '../../common/json.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';

/** Field managers of tools that write a manifest from Git again and again. */
const MANAGERS: readonly (readonly [RegExp, string])[] = [
  [/^argocd/i, 'Argo CD'],
  [/^(?:kustomize-controller|flux)/i, 'Flux'],
  [/^helm-controller/i, 'Flux'],
  [/^helm$/i, 'Helm'],
  [/^(?:terraform|hashicorp)/i, 'Terraform'],
  [/^pulumi/i, 'Pulumi'],
];

/** Marks that such tools leave on an object. */
const MARKS: readonly (readonly ['labels' | 'annotations', string, string])[] = [
  ['annotations', 'argocd.argoproj.io/tracking-id', 'Argo CD'],
  ['labels', 'argocd.argoproj.io/instance', 'Argo CD'],
  ['labels', 'kustomize.toolkit.fluxcd.io/name', 'Flux'],
  ['labels', 'helm.toolkit.fluxcd.io/name', 'Flux'],
  ['annotations', 'meta.helm.sh/release-name', 'Helm'],
];

/** What undoes a switch made by hand, or may do so. */
export interface UndoRisk {
  /** False where nothing on the object tells what a tool's source holds. */
  readonly certain: boolean;
  /** One sentence for a person. */
  readonly text: string;
}

/** Empty when nothing is known to undo one. */
export function undoRisks(object: JsonObject, pair: Pair): readonly UndoRisk[] {
  const manifest = parseObject(annotation(object, LAST_APPLIED));
  const weights = childrenOf(manifest).flatMap((child) => {
    const color = colorOf(pair, child.name);
    return color === null || child.weight === 'missing' ? [] : [`${color} ${child.weight}`];
  });
  const owner = ownerOfServices(object);
  const tool = markedBy(object);
  return [
    ...(weights.length === 0
      ? []
      : [
          {
            certain: true,
            text: `the manifest that was applied last sets the weights (${weights.join(', ')}): applying it again sets them back. Leave the weights out of it`,
          },
        ]),
    ...(owner === null
      ? []
      : [
          {
            certain: false,
            text: `${owner.tool} (field manager "${owner.manager}") owns the list of services: its next sync sets the weights back if its source holds them. Leave the weights out of it`,
          },
        ]),
    ...(tool === null || owner !== null || weights.length > 0
      ? []
      : [
          {
            certain: false,
            text: `${tool} manages this object: its next sync sets the weights back if its source holds them`,
          },
        ]),
  ];
}

/** The same after a switch: a manifest that says what is active now undoes nothing. */
export function undoRisksAfter(object: JsonObject, pair: Pair): readonly UndoRisk[] {
  const manifest = parseObject(annotation(object, LAST_APPLIED));
  const agrees = manifest !== null && stateOf(manifest, pair).active === stateOf(object, pair).active;
  return agrees ? [] : undoRisks(object, pair);
}

/** The list is owned as a whole: nothing here tells whether the source holds the weights, or the webhook filled them in. */
function ownerOfServices(object: JsonObject): { readonly tool: string; readonly manager: string } | null {
  for (const entry of objectsAt(object, 'metadata', 'managedFields')) {
    if (at(entry, 'fieldsV1', 'f:spec', 'f:weighted', 'f:services') === undefined) continue;
    const manager = stringAt(entry, 'manager') ?? '';
    const tool = MANAGERS.find(([pattern]) => pattern.test(manager))?.[1];
    if (tool !== undefined) return { tool, manager };
  }
  return null;
}

function markedBy(object: JsonObject): string | null {
  return MARKS.find(([kind, key]) => stringAt(object, 'metadata', kind, key) !== undefined)?.[2] ?? null;
}
