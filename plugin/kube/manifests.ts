import { LineCounter, isAlias, isNode, parseAllDocuments } from 'yaml';
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

/** Text that is no YAML. */
export interface BrokenText {
  readonly file: string;
  readonly position: Position;
  readonly message: string;
}

/** Every object of a text with one or many YAML documents; the items of a List count one by one. */
export function readObjects(
  file: string,
  text: string,
): { readonly objects: readonly LintObject[]; readonly broken: readonly BrokenText[] } {
  const lines = new LineCounter();
  const objects: LintObject[] = [];
  const broken: BrokenText[] = [];
  for (const document of parseAllDocuments(text, { lineCounter: lines, merge: true, prettyErrors: false })) {
    if (!('errors' in document)) continue;
    for (const { message, pos } of document.errors) {
      broken.push({ file, position: positionOf(lines, pos[0]), message });
    }
    if (document.errors.length > 0) continue;
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
