import { stringify } from 'yaml';

import type { Json, JsonObject } from '../../common/json.ts';
import { list, isObject } from '../../common/json.ts';
import { UsageError } from '../kube/errors.ts';
import { printJsonpath } from './jsonpath.ts';

/** As kubectl: lists at the column of their key, long lines whole, in quotes what YAML 1.1 takes for no string. */
const YAML = { lineWidth: 0, indentSeq: false, aliasDuplicateObjects: false, compat: 'yaml-1.1' } as const;

const FORMATS = 'json, yaml, name, wide, jsonpath=TEMPLATE';

/** An object in the format of -o, as kubectl prints it: keys in order, managed fields left out. */
export function printObject(object: JsonObject, name: string, format: string): string {
  if (format === 'name') return `${name}\n`;
  if (format === 'json') return `${JSON.stringify(ordered(object), null, 4)}\n`;
  if (format === 'yaml') return stringify(ordered(object), YAML);
  if (format.startsWith('jsonpath=')) return printJsonpath(object, format.slice('jsonpath='.length));
  throw unknownFormat(format);
}

/** For a value of -o that no command knows. */
export function unknownFormat(format: string): UsageError {
  return new UsageError(
    `unable to match a printer suitable for the output format "${format}", allowed formats are: ${FORMATS}`,
  );
}

/** Throws before anything is done when -o cannot be served. */
export function checkFormat(format: string | undefined): void {
  if (format === undefined || ['', 'json', 'yaml', 'name', 'wide'].includes(format)) return;
  if (!format.startsWith('jsonpath=')) throw unknownFormat(format);
}

function ordered(value: Json | undefined): unknown {
  if (Array.isArray(value)) return list(value).map(ordered);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).filter((key) => key !== 'managedFields');
  return Object.fromEntries(keys.sort().map((key) => [key, ordered(value[key])]));
}
