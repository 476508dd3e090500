import { LineCounter, isAlias, isCollection, isNode, parseAllDocuments, visit } from 'yaml';
import type { Document } from 'yaml';

import type { JsonObject } from '../../common/json.ts';
import { objectsAt, parseJson } from '../../common/json-paths.ts';
import { isObject } from '../../common/json.ts';

/** Where something stands: 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One object of a file, and where its parts stand. */
export interface LintObject {
  readonly file: string;
  readonly object: JsonObject;
  /** The position of the value at a path, or of the nearest part of it that is there. */
  locate(path: readonly (string | number)[]): Position;
}

/** An action of Go's templates where YAML has a value, a key or an item. */
const UNQUOTED_ACTION = /(?:^|:|^\s*-)[ \t]*\{\{/m;

/** Why a text, or a document of it, is not read: it is no YAML, or what Helm makes YAML of. */
export interface BrokenText {
  readonly kind: 'yaml' | 'template';
  readonly file: string;
  readonly position: Position;
  readonly message: string;
}

/**
 * Every object of a text with one or many YAML documents; the items of a List count one by one. The first error of the
 * text alone is told: those behind it follow from it.
 */
export function readObjects(
  file: string,
  text: string,
): { readonly objects: readonly LintObject[]; readonly broken: readonly BrokenText[] } {
  const lines = new LineCounter();
  const options = { lineCounter: lines, merge: true, prettyErrors: false, logLevel: 'error' } as const;
  const documents = parseAllDocuments(text, options).filter((document) => 'errors' in document);
  const action = text.search(UNQUOTED_ACTION);
  if (action >= 0 && documents.some(isTemplate)) {
    const message = 'this is a template of Helm and is not checked: render it first, as "helm template CHART" does';
    return { objects: [], broken: [{ kind: 'template', file, position: positionOf(lines, action), message }] };
  }
  const objects: LintObject[] = [];
  const broken: BrokenText[] = [];
  for (const document of documents) {
    const [error] = document.errors;
    if (error !== undefined) {
      const { message, pos } = error;
      if (broken.length === 0) broken.push({ kind: 'yaml', file, position: positionOf(lines, pos[0]), message });
      continue;
    }
    const value: unknown = plain(document);
    if (!isObject(value)) continue;
    const items = Array.isArray(value['items']) ? objectsAt(value, 'items') : null;
    if (items === null) objects.push(asLintObject(file, value, document, lines, []));
    else
      for (const [index, item] of items.entries())
        objects.push(asLintObject(file, item, document, lines, ['items', index]));
  }
  return { objects, broken };
}

/** Whether a document with `{{` in it is no manifest yet: YAML reads such an action as a map that is a key. */
function isTemplate(document: Document): boolean {
  if (document.errors.length > 0) return true;
  let found = false;
  visit(document, {
    Pair: (_, { key }) => {
      if (!isCollection(key)) return undefined;
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

/** What the API server would see: JSON. */
function plain(document: Document): unknown {
  return parseJson(JSON.stringify(document.toJS({ maxAliasCount: 100 }) ?? null));
}

function asLintObject(
  file: string,
  object: JsonObject,
  document: Document,
  lines: LineCounter,
  base: readonly (string | number)[],
): LintObject {
  return {
    file,
    object,
    locate: (path) => {
      for (let length = path.length; length >= 0; length -= 1) {
        const node: unknown = document.getIn([...base, ...path.slice(0, length)], true);
        if (isNode(node) && !isAlias(node) && node.range) return positionOf(lines, node.range[0]);
      }
      return { line: 1, column: 1 };
    },
  };
}

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}
