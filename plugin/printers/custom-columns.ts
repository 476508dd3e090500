import { objectsAt } from '../../common/json-paths.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { UsageError } from '../kube/errors.ts';
import { goText } from './go-values.ts';
import { selectJsonpath } from './jsonpath.ts';
import { formatTable } from './table.ts';

interface Column {
  readonly header: string;
  readonly path: string;
}

/** kubectl's custom columns, `NAME:.metadata.name,ACTIVE:.spec.x`: a row for an object, or for each item of a List. */
export function printCustomColumns(object: JsonObject, spec: string): string {
  const columns = parseColumns(spec);
  const items = object['kind'] === 'List' ? objectsAt(object, 'items') : [object];
  return formatTable(
    columns.map(({ header }) => header),
    items.map((item) => columns.map(({ path }) => cellOf(selectJsonpath(item, path)))),
  );
}

/** Throws a UsageError for a spec that kubectl does not take, too. */
export function parseColumns(spec: string): readonly Column[] {
  if (spec === '') throw new UsageError('custom-columns format specified but no custom columns given');
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0) throw new UsageError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return { header: part.slice(0, colon), path: part.slice(colon + 1) };
  });
}

function cellOf(values: readonly Json[]): string {
  if (values.length === 0) return '<none>';
  return values.map((value) => goText(value, '<none>')).join(',');
}
