import { isObject, list } from '../../../common/json.ts';
import type { Json, JsonObject } from '../../../common/json.ts';
import type { Row, Written } from './table.ts';

const PREFIX = 'bluegreen.dev/';
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Short keys are the project's own. */
export function inFull(short: JsonObject = {}): JsonObject {
  return Object.fromEntries(
    Object.entries(short).map(([key, value]) => [key.includes('/') ? key : PREFIX + key, value]),
  );
}

/** The list of services that is written; null where a request leaves the list alone. */
function servicesOf(pair: Row['pair'], { weights, services }: Written): readonly Json[] | null {
  if (services !== undefined) return services;
  if (weights === undefined) return null;
  return weights.map((weight, index) => ({
    name: pair[index] ?? `other-${index}`,
    port: 80,
    ...(weight === 'missing' ? {} : { weight }),
  }));
}

function specOf(pair: Row['pair'], written: Written): JsonObject | null {
  const services = servicesOf(pair, written);
  return written.spec ?? (services === null ? null : { weighted: { services } });
}

/** What is written as a merge patch says it. */
export function mergePatch(pair: Row['pair'], written: Written): JsonObject {
  const { annotations, labels, finalizers } = written;
  const spec = specOf(pair, written);
  return {
    metadata: {
      ...(annotations === undefined ? {} : { annotations: inFull(annotations) }),
      ...(labels === undefined ? {} : { labels }),
      ...(finalizers === undefined ? {} : { finalizers }),
    },
    ...(spec === null ? {} : { spec }),
  };
}

/** A manifest as it stands in Git. */
export function manifest({ group, name, namespace, pair }: Row, written: Written): JsonObject {
  const { metadata, ...rest } = mergePatch(pair, written);
  return {
    apiVersion: `${group}/v1alpha1`,
    kind: 'TraefikService',
    metadata: { name, namespace, ...(isObject(metadata) ? metadata : {}) },
    ...rest,
  };
}

/** A key as a part of a JSON pointer. */
function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** As a person writes it: each weight by itself, each annotation by itself. */
export function jsonPatch({ pair, written }: Row): readonly Json[] {
  const annotations = Object.entries(inFull(written.annotations)).map(([key, value]) => {
    const path = `/metadata/annotations/${escaped(key)}`;
    return value === null ? { op: 'remove', path } : { op: 'add', path, value };
  });
  const labels = written.labels === undefined ? [] : [{ op: 'add', path: '/metadata/labels', value: written.labels }];
  const finalizers =
    written.finalizers === undefined ? [] : [{ op: 'add', path: '/metadata/finalizers', value: written.finalizers }];
  return [...annotations, ...labels, ...finalizers, ...specOperations(pair, written)];
}

function specOperations(pair: Row['pair'], written: Written): readonly Json[] {
  if (written.spec !== undefined) return [{ op: 'add', path: '/spec', value: written.spec }];
  if (written.services === undefined && written.weights?.length === 2)
    return written.weights.map((weight, index) => {
      const path = `/spec/weighted/services/${index}/weight`;
      return weight === 'missing' ? { op: 'remove', path } : { op: 'add', path, value: weight };
    });
  const services = servicesOf(pair, written);
  return services === null ? [] : [{ op: 'add', path: '/spec/weighted/services', value: services }];
}

/** An object after a merge patch (RFC 7386). */
export function merged(target: Json | undefined, patch: Json | undefined): Json | undefined {
  if (!isObject(patch)) return patch;
  const result: Record<string, Json | undefined> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

/** Replaces `{word}` in every string of a value by what `words` says. */
export function filledIn(value: Json, words: Readonly<Record<string, string>>): Json {
  if (typeof value === 'string')
    return value.replaceAll(/\{([a-z ]+)\}/g, (whole, word: string) => words[word] ?? whole);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filledIn(each ?? null, words)]));
  return Array.isArray(value) ? list(value).map((each) => filledIn(each, words)) : value;
}
