import { stringify } from 'yaml';

import type { Json, JsonObject } from '../../common/json.ts';
import { list, isObject } from '../../common/json.ts';
import { UsageError } from '../kube/errors.ts';
import { parseColumns, printCustomColumns } from './custom-columns.ts';
import { checkGoTemplate, printGoTemplate } from './go-template.ts';
import { printJsonpath, printJsonpathAsJson } from './jsonpath.ts';

/** As kubectl: lists at the column of their key, long lines whole, in quotes what YAML 1.1 takes for no string. */
const YAML = { lineWidth: 0, indentSeq: false, aliasDuplicateObjects: false, compat: 'yaml-1.1' } as const;

const FORMATS =
  'custom-columns, custom-columns-file, go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, wide, yaml';

/** An object in the format of -o, as kubectl prints it: keys in order, managed fields left out. */
export function printObject(object: JsonObject, name: string, format: string): string {
  if (format === 'name') return `${name}\n`;
  if (format === 'json') return `${JSON.stringify(ordered(object), null, 4)}\n`;
  if (format === 'yaml') return stringify(ordered(object), YAML);
  const [kind = '', template = ''] = split(format);
  const print = PRINTERS[kind];
  if (print === undefined) throw unknownFormat(format);
  return print(object, template);
}

/** Formats with a template. */
const PRINTERS: Readonly<Record<string, (object: JsonObject, template: string) => string>> = {
  jsonpath: printJsonpath,
  'jsonpath-as-json': printJsonpathAsJson,
  'custom-columns': printCustomColumns,
  'go-template': printGoTemplate,
};

function split(format: string): readonly string[] {
  const equals = format.indexOf('=');
  return equals < 0 ? [format] : [format.slice(0, equals), format.slice(equals + 1)];
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
  const [kind = '', template] = split(format);
  if (!Object.hasOwn(PRINTERS, kind)) throw unknownFormat(format);
  if (template === undefined) throw new UsageError(`template format specified but no template given: -o ${kind}=…`);
  if (kind === 'custom-columns') parseColumns(template);
  if (kind === 'go-template') checkGoTemplate(template);
}

function ordered(value: Json | undefined): unknown {
  if (Array.isArray(value)) return list(value).map(ordered);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).filter((key) => key !== 'managedFields');
  return Object.fromEntries(keys.sort().map((key) => [key, ordered(value[key])]));
}
