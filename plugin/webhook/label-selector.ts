import type { LabelSelector } from '../../webhook/facts/reader.ts';
import { labelsAt } from '../../webhook/facts/selector.ts';
import { text, texts } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { objectAt, objectsAt, stringAt } from '../../common/json-paths.ts';

/** Whether the LabelSelector at `field` of an object selects these labels. One that is left out selects everything. */
export function selects(object: JsonObject, field: string, labels: LabelSelector): boolean {
  const equal = Object.entries(labelsAt(object, field, 'matchLabels')).every(([key, value]) => labels[key] === value);
  return equal && objectsAt(objectAt(object, field), 'matchExpressions').every((term) => meets(term, labels));
}

/** An operator that is not known selects: to say that a webhook does not look would be the graver mistake. */
function meets(term: JsonObject, labels: LabelSelector): boolean {
  const value = labels[stringAt(term, 'key') ?? ''];
  const listed = value !== undefined && texts(term['values']).includes(value);
  const operator = text(term['operator']);
  if (operator === 'In') return listed;
  if (operator === 'NotIn') return !listed;
  if (operator === 'Exists') return value !== undefined;
  return operator !== 'DoesNotExist' || value === undefined;
}
