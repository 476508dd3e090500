import { ANNOTATION, colorOf, effectiveWeight, otherColor, stateOf } from '../../webhook/policy/index.ts';
import type { Child, Color, Pair } from '../../webhook/policy/index.ts';
import type { PatchOperation } from '../../common/json-patch.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { at, list, isObject } from '../../common/json.ts';
import { stringAt } from '../../common/json-paths.ts';

/** A switch, ready to be sent and to be judged. */
export interface Plan {
  readonly from: Color | null;
  readonly to: Color;
  readonly patch: readonly PatchOperation[];
  /** The object as the patch leaves it. */
  readonly after: JsonObject;
  /** False when the weights already say so. */
  readonly changes: boolean;
}

const SERVICES = '/spec/weighted/services';

/**
 * The patch that gives `to` all of the weight: in place, at the index of each color, guarded by tests of the resource
 * version, names and present weights. Nothing else of the list is written. Null when `to` is not listed, unless
 * `attach` asks to list it again with the other color's fields.
 */
export function planSwitch(object: JsonObject, pair: Pair, to: Color, attach = false): Plan | null {
  const state = stateOf(object, pair);
  const target = state[to];
  const other = state[otherColor(to)];
  if (target === null && (!attach || other === null)) return null;
  const changes = state.children.flatMap((child) => {
    const color = colorOf(pair, child.name);
    return color === null ? [] : reweigh(child, color === to ? 100 : 0);
  });
  const attached = target === null && other !== null ? entryBeside(object, other, pair, to, 100) : null;
  const writes = [...changes, ...(attached === null ? [] : [insertion(attached)])];
  return {
    from: state.active,
    to,
    patch: [...guardOf(object), ...writes],
    after: withWeights(object, pair, to, attached),
    changes: writes.some((operation) => operation.op !== 'test'),
  };
}

/**
 * The patch that lists a color again, with weight 0 and the other color's fields. Null when it is listed, or nothing is.
 */
export function planAttach(object: JsonObject, pair: Pair, color: Color): readonly PatchOperation[] | null {
  const state = stateOf(object, pair);
  const other = state[otherColor(color)];
  if (state[color] !== null || other === null) return null;
  return [...guardOf(object), insertion(entryBeside(object, other, pair, color, 0))];
}

/** The patch that takes a color out of the list. Null when it is not there, or has traffic. */
export function planDetach(object: JsonObject, pair: Pair, color: Color): readonly PatchOperation[] | null {
  const state = stateOf(object, pair);
  const child = state[color];
  if (child === null || state.active === color || effectiveWeight(child) !== 0) return null;
  const path = `${SERVICES}/${child.index}`;
  return [...guardOf(object), { op: 'test', path: `${path}/name`, value: child.written }, { op: 'remove', path }];
}

/** A patch, and the object as it leaves it. */
export type Write = Pick<Plan, 'patch' | 'after'>;

/** The patch that writes annotations and nothing else, if nobody else wrote meanwhile. */
export function planAnnotations(object: JsonObject, annotations: Readonly<Record<string, string>>): Write {
  const nothing: Write = { patch: guardOf(object), after: object };
  return Object.entries(annotations).reduce((plan, [key, value]) => withAnnotation(plan, key, value), nothing);
}

/** The same write with an annotation beside it, in the one patch. */
export function withAnnotation<P extends Write>(plan: P, key: string, value: string): P {
  const metadata = at(plan.after, 'metadata');
  const annotations = at(metadata, 'annotations');
  const patch: readonly PatchOperation[] = [
    ...(isObject(annotations) ? [] : [{ op: 'add' as const, path: '/metadata/annotations', value: {} }]),
    { op: 'add', path: `/metadata/annotations/${key.replaceAll('/', '~1')}`, value },
  ];
  const written = { ...(isObject(annotations) ? annotations : {}), [key]: value };
  return {
    ...plan,
    patch: [...plan.patch, ...patch],
    after: { ...plan.after, metadata: { ...(isObject(metadata) ? metadata : {}), annotations: written } },
  };
}

/** Ends the instant rollback: the previous color gets another version. */
export const FORGET_PREVIOUS: PatchOperation = {
  op: 'replace',
  path: `/metadata/annotations/${ANNOTATION.previous.replaceAll('/', '~1')}`,
  value: 'none',
};

function guardOf(object: JsonObject): readonly PatchOperation[] {
  const version = stringAt(object, 'metadata', 'resourceVersion');
  return version === undefined ? [] : [{ op: 'test', path: '/metadata/resourceVersion', value: version }];
}

function reweigh(child: Child, weight: number): readonly PatchOperation[] {
  const path = `${SERVICES}/${child.index}`;
  const name: PatchOperation = { op: 'test', path: `${path}/name`, value: child.written };
  if (child.weight === weight) return [name, { op: 'test', path: `${path}/weight`, value: weight }];
  if (typeof child.weight !== 'number') return [name, { op: 'add', path: `${path}/weight`, value: weight }];
  return [
    name,
    { op: 'test', path: `${path}/weight`, value: child.weight },
    { op: 'replace', path: `${path}/weight`, value: weight },
  ];
}

/** An entry that a list gets, and where: null for its end. */
interface Insertion {
  readonly entry: JsonObject;
  readonly index: number | null;
}

/** The entry of a color that is listed again: blue before green, as manifests have it. */
function entryBeside(object: JsonObject, other: Child, pair: Pair, color: Color, weight: number): Insertion {
  return {
    entry: { ...entryLike(object, other, pair[color]), weight },
    index: color === 'blue' ? other.index : null,
  };
}

function insertion({ entry, index }: Insertion): PatchOperation {
  return { op: 'add', path: `${SERVICES}/${index ?? '-'}`, value: entry };
}

function services(object: JsonObject): readonly Json[] {
  return list(at(object, 'spec', 'weighted', 'services'));
}

function entryLike(object: JsonObject, template: Child, name: string): JsonObject {
  const entry = services(object)[template.index];
  return { ...(isObject(entry) ? entry : {}), name };
}

function withWeights(object: JsonObject, pair: Pair, to: Color, attached: Insertion | null): JsonObject {
  const entries = services(object).map((entry) => {
    const color = isObject(entry) ? colorOf(pair, stringAt(entry, 'name') ?? '') : null;
    return color === null || !isObject(entry) ? entry : { ...entry, weight: color === to ? 100 : 0 };
  });
  const spec = at(object, 'spec');
  const weighted = at(spec, 'weighted');
  return {
    ...object,
    spec: {
      ...(isObject(spec) ? spec : {}),
      weighted: {
        ...(isObject(weighted) ? weighted : {}),
        services: attached === null ? entries : entries.toSpliced(attached.index ?? entries.length, 0, attached.entry),
      },
    },
  };
}
