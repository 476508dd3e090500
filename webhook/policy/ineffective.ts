import { annotation, at, isObject, sameJson } from '../../common/json.ts';
import { ANNOTATION, PREFIX } from './annotations.ts';
import { denial, warning } from './checks/check.ts';
import type { CheckResult } from './checks/check.ts';
import { namesOf } from './governed.ts';
import type { Change } from './types.ts';
import type { JsonObject } from '../../common/json.ts';

const COLOR_ANNOTATIONS = [ANNOTATION.blue, ANNOTATION.green] as const;
const KNOWN: ReadonlySet<string> = new Set(Object.values(ANNOTATION));

/** What is told in vain by an object that names a pair by other means. */
export function withoutEffect(object: JsonObject | null): readonly CheckResult[] {
  const colors = colorsInVain(object);
  const unknown = ours(object).filter((key) => !KNOWN.has(key));
  return [
    ...(colors === null ? [] : [warning('color annotations without effect', `${colors.what}. ${colors.fix}`)]),
    ...(unknown.length === 0
      ? []
      : [
          warning(
            'an unknown annotation',
            `${unknown.join(', ')}: there is no such annotation. Correct the name or remove it`,
          ),
        ]),
  ];
}

/**
 * What is told in vain by an object that names no pair. Who names colors wants them guarded: then it is denied, unless
 * names and annotations were like that before.
 */
export function ungoverned({ object, oldObject }: Pick<Change, 'object' | 'oldObject'>): readonly CheckResult[] {
  const keys = ours(object);
  if (keys.length === 0) return [];
  const colors = colorsInVain(object) ?? unlisted(object);
  if (colors === null) {
    const detail = `${keys.join(', ')} has no effect: this TraefikService names no pair. List two Services blue and green, or name two listed Services by ${COLOR_ANNOTATIONS.join(' and ')}`;
    return [warning('annotations without effect', detail)];
  }
  const detail = `${colors.what}, so nothing guards this TraefikService. ${colors.fix}`;
  const before =
    oldObject !== null &&
    sameJson([...namesOf(object)], [...namesOf(oldObject)]) &&
    COLOR_ANNOTATIONS.every((key) => annotation(object, key) === annotation(oldObject, key));
  return [(before ? warning : denial)('color annotations name no pair', detail)];
}

interface InVain {
  readonly what: string;
  readonly fix: string;
}

/** Color annotations that name no pair by themselves. */
function colorsInVain(object: JsonObject | null): InVain | null {
  const [blue, green] = COLOR_ANNOTATIONS.map((key) => annotation(object, key) ?? '');
  if (blue === green) {
    const what = `${COLOR_ANNOTATIONS.join(' and ')} both say ${blue} and name no pair`;
    return blue === '' ? null : { what, fix: 'Write the names of two Services' };
  }
  const [there, missing] = blue === '' ? COLOR_ANNOTATIONS.toReversed() : COLOR_ANNOTATIONS;
  if (blue !== '' && green !== '') return null;
  return { what: `${there} has no effect without ${missing}`, fix: `Write both, or remove ${there}` };
}

/** Color annotations of which the list has neither. */
function unlisted(object: JsonObject | null): InVain | null {
  const [blue, green] = COLOR_ANNOTATIONS.map((key) => annotation(object, key) ?? '');
  if (blue === '' || green === '') return null;
  return {
    what: `neither ${blue} nor ${green}, which ${COLOR_ANNOTATIONS.join(' and ')} name, is listed`,
    fix: 'Write the names of the listed Services, or list these',
  };
}

function ours(object: JsonObject | null): readonly string[] {
  const annotations = at(object, 'metadata', 'annotations');
  return isObject(annotations) ? Object.keys(annotations).filter((key) => key.startsWith(PREFIX)) : [];
}
