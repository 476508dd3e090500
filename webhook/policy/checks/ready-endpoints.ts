import { settledRevision } from '../smoke-test.ts';
import { otherColor } from '../types.ts';
import { closedPort } from '../traefik/endpoints.ts';
import type { Color, ColorFacts } from '../types.ts';
import { denial, LOOKUP_FAILED, warning } from './check.ts';
import type { Check, CheckResult, Subject } from './check.ts';
import { weightsTouched } from '../touched.ts';

/** Traefik does not fail over: a color that gains weight without endpoints serves no request. */
export const readyEndpoints: Check = {
  id: 'ready-endpoints',
  description:
    'A color gains weight only with ready endpoints, one single revision among them, and a settled workload; fewer ready endpoints than the active color has are a warning (by `requireFullCapacity` a denial). At a creation with blue active a warning only.',
  cel: 'no',
  needs: 'facts',
  touched: weightsTouched,
  find: (subject) => {
    const { switched, facts, oldState, newState } = subject;
    if (switched === null && oldState === null && newState.active === 'blue')
      return facts.known ? atCreation(subject, facts.blue) : [];
    if (switched === null) return [];
    if (facts.known) return gaining(subject, switched.to, facts);
    const detail = `whether ${subject.pair[switched.to]} has ready endpoints could not be read (${facts.reason})`;
    const answer = switched.kind === 'rollback' ? '; the rollback goes through' : '. Try again';
    const severity = switched.kind === 'rollback' ? 'warning' : 'denied';
    return [{ severity, reason: LOOKUP_FAILED, detail: `${detail}${answer}` }];
  },
};

function atCreation({ pair }: Subject, blue: ColorFacts): readonly CheckResult[] {
  if (isReady(blue)) return [];
  const detail = `${pair.blue} is active and has no ready endpoint: production is not served until it has one`;
  return [warning('no ready endpoint', detail)];
}

function gaining(
  { pair, switched, change, settings, newState }: Subject,
  to: Color,
  facts: Readonly<Record<Color, ColorFacts>>,
): readonly CheckResult[] {
  const color = facts[to];
  const entry = newState[to]?.entry ?? null;
  const closed = entry === null ? null : closedPort(color, entry);
  if (closed !== null) {
    const detail = `the pods of ${pair[to]} have no port for its port ${closed}, so production would not be served. Correct the targetPort of Service ${pair[to]}`;
    return [denial('no ready endpoint', detail)];
  }
  if (!isReady(color)) {
    const { workload } = color;
    const scale =
      workload === null || workload.replicas > 0 || workload.kind === 'DaemonSet'
        ? ''
        : `, for example: kubectl scale ${workload.kind.toLowerCase()} ${workload.name} -n ${change.namespace} --replicas=${Math.max(facts[otherColor(to)].readyEndpoints, 1)}`;
    const detail = `${pair[to]} has no ready endpoint, so production would not be served. Bring it up first${scale}`;
    return [denial('no ready endpoint', detail)];
  }
  return [
    ...unsettled(color, pair[to], switched?.kind === 'rollback'),
    ...capacity(facts, to, pair[to], settings.requireFullCapacity),
  ];
}

/** A rollback does not wait for a rollout to end: what is active may be worse. */
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
  const detail = `${service} has fewer ready endpoints (${ready}) than the active color (${active}) and may be too small for its load. Scale it up`;
  return [{ severity: required ? 'denied' : 'warning', reason: 'less capacity than the active color', detail }];
}

/** An ExternalName Service has no endpoints of its own. */
function isReady(color: ColorFacts): boolean {
  return color.readyEndpoints > 0 || color.service?.external === true;
}
