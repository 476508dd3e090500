import { settledRevision } from '../smoke-test.ts';
import { otherColor, type Color, type ColorFacts } from '../types.ts';
import { UNREAD, type Check, type CheckResult, type Subject } from './check.ts';
import { weightsTouched } from '../touched.ts';

/** Traefik does not fail over: a color that gains weight without endpoints answers nobody. */
export const readyEndpoints: Check = {
  id: 'ready-endpoints',
  rule: 'A color gains weight only with ready endpoints, one single revision among them, and a settled workload; fewer ready endpoints than the active color has are a warning (by `requireFullCapacity` a denial). At a creation with blue live a warning only.',
  cel: 'no',
  touched: weightsTouched,
  find: (subject) => {
    const { switched, facts, was, now } = subject;
    if (switched === null && was === null && now.active === 'blue')
      return facts.known ? atCreation(subject, facts.blue) : [];
    if (switched === null) return [];
    if (facts.known) return gaining(subject, switched.to, facts);
    const detail = `whether ${subject.pair[switched.to]} has ready endpoints could not be read (${facts.reason})`;
    const answer = switched.kind === 'rollback' ? '; the rollback goes through' : '. Try again';
    const severity = switched.kind === 'rollback' ? 'warning' : 'denied';
    return [{ severity, reason: UNREAD, detail: `${detail}${answer}` }];
  },
};

function atCreation({ pair }: Subject, blue: ColorFacts): readonly CheckResult[] {
  if (isReady(blue)) return [];
  const detail = `${pair.blue} is live and has no ready endpoint: production answers nobody until it has`;
  return [{ severity: 'warning', reason: 'no ready endpoint', detail }];
}

function gaining(
  { pair, switched, change, settings }: Subject,
  to: Color,
  facts: Readonly<Record<Color, ColorFacts>>,
): readonly CheckResult[] {
  const color = facts[to];
  if (!isReady(color)) {
    const { workload } = color;
    const scale =
      workload === null || workload.replicas > 0
        ? ''
        : `, for example: kubectl scale ${workload.kind.toLowerCase()} ${workload.name} -n ${change.namespace} --replicas=${Math.max(facts[otherColor(to)].readyEndpoints, 1)}`;
    const detail = `${pair[to]} has no ready endpoint, so nobody would be answered. Bring it up first${scale}`;
    return [{ severity: 'denied', reason: 'no ready endpoint', detail }];
  }
  return [
    ...unsettled(color, pair[to], switched?.kind === 'rollback'),
    ...capacity(facts, to, pair[to], settings.requireFullCapacity),
  ];
}

/** A rollback does not wait for a rollout to end: what is live may be worse. */
function unsettled(color: ColorFacts, service: string, rollback: boolean): readonly CheckResult[] {
  if (color.service?.hasSelector !== true) return [];
  const settled = settledRevision(color, service);
  if (!('unsettled' in settled)) return [];
  const severity = rollback ? 'warning' : 'denied';
  const detail = rollback ? `${settled.unsettled}. A rollback does not wait for that` : settled.unsettled;
  return [{ severity, reason: 'the workload is not settled', detail }];
}

function capacity(
  facts: Readonly<Record<Color, ColorFacts>>,
  to: Color,
  service: string,
  required: boolean,
): readonly CheckResult[] {
  const ready = facts[to].readyEndpoints;
  const active = facts[otherColor(to)].readyEndpoints;
  if (ready >= active || facts[to].service?.external === true) return [];
  const detail = `${service} has fewer ready endpoints (${ready}) than the active color (${active}) and may not carry its load. Scale it up`;
  return [{ severity: required ? 'denied' : 'warning', reason: 'less capacity than the active color', detail }];
}

/** An ExternalName Service has no endpoints of its own. */
function isReady(color: ColorFacts): boolean {
  return color.readyEndpoints > 0 || color.service?.external === true;
}
