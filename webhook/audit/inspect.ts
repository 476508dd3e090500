import type { Clock } from '../../common/clock.ts';
import { gatherFacts } from '../facts/gather.ts';
import type { Reader } from '../facts/reader.ts';
import {
  ANNOTATION,
  freezeOf,
  governed,
  likelyRevisions,
  namedKinds,
  NOT_ASKED,
  readRecord,
  stateOf,
  inspect,
} from '../policy/index.ts';
import type { Color, Facts, Group, Pair, Settings } from '../policy/index.ts';
import type { Audited } from '../telemetry/audit-gauges.ts';
import type { JsonObject } from '../../common/json.ts';
import { annotation, at, text } from '../../common/json.ts';

/** A TraefikService by its name. */
export interface Target {
  readonly group: Group;
  readonly namespace: string;
  readonly name: string;
}

/** A TraefikService as the API server lists it. */
export interface Listed extends Target {
  readonly object: JsonObject;
}

export function targetOf(group: Group, object: JsonObject): Target {
  return {
    group,
    namespace: text(at(object, 'metadata', 'namespace')) ?? '',
    name: text(at(object, 'metadata', 'name')) ?? '',
  };
}

/** What an audit has seen of a governed TraefikService. */
export interface Seen extends Audited {
  /** Why the cluster could not be read; null when it could, or did not have to be. */
  readonly lookupFailed: string | null;
  readonly uid: string | null;
  /** When the active color became active, as the record says; empty where it does not. */
  readonly since: string;
}

export interface InspectionTools {
  readonly reader: Reader;
  readonly settings: Settings;
  readonly clock: Pick<Clock, 'date'>;
}

/**
 * Looks at one TraefikService as it stands; null when it is not governed. `signal` bounds all look-ups together. Rejects
 * only when it cannot be told whether it is governed.
 */
export async function inspectListed(
  listed: Listed,
  { reader, settings, clock }: InspectionTools,
  signal: AbortSignal,
): Promise<Seen | null> {
  const { object, ...target } = listed;
  const pair = await pairOf(listed, reader, signal);
  if (pair === null) return null;
  const asked = !isOnTheWayOut(object);
  const facts: Facts = asked
    ? await gatherFacts(
        reader,
        { ...target, pair, named: namedKinds([object]), revisions: likelyRevisions(object) },
        signal,
      )
    : NOT_ASKED;
  const { active } = stateOf(object, pair);
  return {
    ...target,
    active,
    switchedAt: lastSwitch(object, active),
    ready: facts.known ? { blue: facts.blue.readyEndpoints, green: facts.green.readyEndpoints } : null,
    frozen: freezeOf(object, clock.date().toISOString()) !== null,
    findings: inspect({ ...target, object, pair, facts, settings }),
    lookupFailed: asked && !facts.known ? facts.reason : null,
    uid: text(at(object, 'metadata', 'uid')),
    since: readRecord(object).active?.since ?? '',
  };
}

async function pairOf({ object, namespace }: Listed, reader: Reader, signal: AbortSignal): Promise<Pair | null> {
  const governance = governed({ object, oldObject: object });
  if (governance.kind === 'pair') return governance.pair;
  if (governance.kind === 'no') return null;
  for (const { pair, sibling } of governance.candidates)
    if ((await reader.getService(namespace, sibling, signal)) !== null) return pair;
  return null;
}

/** A teardown takes endpoints and Services away on purpose. */
function isOnTheWayOut(object: JsonObject): boolean {
  return at(object, 'metadata', 'deletionTimestamp') !== undefined || !!annotation(object, ANNOTATION.unguard);
}

/** The time of a switch that the webhook did not see is unknown: the weights then differ from the record. */
function lastSwitch(object: JsonObject, active: Color | null): number | null {
  const { history, active: recorded } = readRecord(object);
  const last = history.findLast(({ kind }) => kind !== 'creation' && kind !== 'override');
  if (last === undefined || recorded?.color !== active) return null;
  const milliseconds = Date.parse(last.at);
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000;
}
