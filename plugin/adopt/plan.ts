import { resourcePath } from '../../common/kube/paths.ts';
import type { JsonObject } from '../../common/json.ts';
import { ANNOTATION, likelyPairOf, namesOf } from '../../webhook/policy/index.ts';
import type { Pair } from '../../webhook/policy/index.ts';
import type { FlagValues } from '../cli/flags.ts';
import type { Session } from '../cli/session.ts';
import { UsageError, UserError } from '../kube/errors.ts';
import { resourceName } from '../traefikservice/find.ts';
import type { findAny, TraefikServiceRef } from '../traefikservice/find.ts';
import { planAnnotations } from '../traefikservice/patches.ts';
import type { Write } from '../traefikservice/patches.ts';

export type AnyTraefikService = Awaited<ReturnType<typeof findAny>>;

/** What an adoption writes, and the object as it is until then, with the pair that it will have. */
export interface Adoption {
  readonly found: TraefikServiceRef;
  readonly write: Write;
}

/**
 * The adoption of a TraefikService; null where it has this pair already. Throws a UserError for another pair than the
 * one it has, and for Services that it does not list or that do not exist.
 */
export async function planAdoption(
  session: Session,
  any: AnyTraefikService,
  flags: FlagValues,
): Promise<Adoption | null> {
  const wanted = pairOfFlags(flags);
  if (any.pair !== null) {
    if (wanted === null || samePair(any.pair, wanted)) return null;
    throw new UserError(
      `${resourceName(any)} is governed already, with blue ${any.pair.blue} and green ${any.pair.green}`,
    );
  }
  const pair = wanted ?? likelyPairOf(any.object);
  const listed = namesOf(any.object);
  if (pair === null) throw unlike(any, listed);
  await requireServices(session, any, pair, listed);
  const annotations = { [ANNOTATION.blue]: pair.blue, [ANNOTATION.green]: pair.green };
  return { found: { ...any, pair }, write: planAnnotations(any.object, annotations) };
}

/** --blue and --green; null without both. Throws a UsageError for one of them. */
function pairOfFlags(flags: FlagValues): Pair | null {
  const [blue = '', green = ''] = [flags.text('blue'), flags.text('green')];
  if (blue === '' && green === '') return null;
  if (blue === '' || green === '') throw new UsageError('--blue and --green belong together');
  if (blue === green) throw new UsageError('--blue and --green name the same Service');
  return { blue, green };
}

function samePair(one: Pair, other: Pair): boolean {
  return one.blue === other.blue && one.green === other.green;
}

function unlike(any: AnyTraefikService, listed: readonly string[]): UserError {
  const names = listed.length === 0 ? 'nothing' : listed.join(', ');
  return new UserError(
    `no two of the Services that ${resourceName(any)} lists look like a pair (${names}): say which with --blue and --green`,
  );
}

async function requireServices(
  { client }: Session,
  any: AnyTraefikService,
  { blue, green }: Pair,
  listed: readonly string[],
): Promise<void> {
  if (!listed.includes(blue) && !listed.includes(green)) {
    throw new UserError(`${resourceName(any)} lists neither ${blue} nor ${green}, but ${listed.join(', ')}`);
  }
  const { namespace } = any;
  const found = await Promise.all(
    [blue, green].map((name) => client.getOrNull(resourcePath('v1', 'services', { namespace, name }), {})),
  );
  const missing = [blue, green].filter((_, index) => isMissing(found[index]));
  if (missing.length === 0) return;
  throw new UserError(`Service ${missing.join(' and ')} does not exist in namespace ${namespace}`);
}

function isMissing(object: JsonObject | null | undefined): boolean {
  return object === null || object === undefined;
}
