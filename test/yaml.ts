import { readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { isObject } from '../common/json.ts';
import type { JsonObject } from '../common/json.ts';

/** The objects of a text with one or many YAML documents; empty documents are passed over. Throws at a mistake in it. */
export function parseObjects(source: string): readonly JsonObject[] {
  return parseAllDocuments(source)
    .map((document): unknown => {
      const [error] = document.errors;
      if (error !== undefined) throw error;
      return document.toJS();
    })
    .filter(isObject);
}

/** The one document of a file. An error names the file. */
export function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file}: ${String(error)}`, { cause: error });
  }
}
