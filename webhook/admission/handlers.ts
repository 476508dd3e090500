import { compare } from 'fast-json-patch';
import { explain, type Decision, type JsonObject, type Mode } from '../policy/index.ts';
import { changeOf } from './change.ts';
import { decideChange, type Surroundings } from './decide.ts';
import type { AdmissionRequest, Answer, Handler, PatchOperation } from './types.ts';

/** Milliseconds for look-ups, below the timeouts of the entries (1 s and 3 s), so that an answer still arrives. */
const BUDGET = { mutate: 700, promotion: 2000 };

/** Fills, binds and records; denies with the full message. */
export function mutateHandler(mode: Mode, surroundings: Surroundings): Handler {
  return async (request) => {
    const decision = await decideRequest(request, surroundings, BUDGET.mutate);
    if (decision === null || request.object === null) return untouched();
    if (decision.violations.length > 0 && mode === 'enforce') return denied(decision);
    return patched(decision, difference(request.object, decision.object), remarks(decision, mode));
  };
}

/**
 * Decides again on the final object, and trusts nothing that the mutating entry may not have written: when completing
 * the object would still change it, that call was missed, and the request has to be made again.
 */
export function promotionHandler(mode: Mode, surroundings: Surroundings): Handler {
  return async (request) => {
    const decision = await decideRequest(request, surroundings, BUDGET.promotion);
    if (decision === null || request.object === null) return untouched();
    if (mode !== 'enforce') return patched(decision, [], []);
    if (decision.violations.length > 0) return denied(decision);
    const missed = difference(request.object, decision.object);
    if (missed.length > 0) return incomplete(decision, missed);
    return patched(decision, [], []);
  };
}

async function decideRequest(
  request: AdmissionRequest,
  surroundings: Surroundings,
  budget: number,
): Promise<Decision | null> {
  const change = changeOf(request);
  if (change === null || change.operation === 'DELETE' || request.subResource !== '') return null;
  return decideChange({ change, user: request.user }, surroundings, budget);
}

function difference(before: JsonObject, after: JsonObject): readonly PatchOperation[] {
  if (before === after) return [];
  return compare(before, after).filter((operation) => operation.op !== '_get');
}

function untouched(): Answer {
  return { verdict: 'allowed', switched: null, warnings: [], auditAnnotations: {} };
}

function patched(decision: Decision, patch: readonly PatchOperation[], warnings: readonly string[]): Answer {
  const about = { switched: decision.switched, warnings, auditAnnotations: audit(decision) };
  return patch.length === 0 ? { verdict: 'allowed', ...about } : { verdict: 'patched', patch, ...about };
}

function denied(decision: Decision): Answer {
  return {
    verdict: 'denied',
    reason: 'Forbidden',
    message: decision.violations.map(explain).join('; '),
    checks: decision.violations.map(({ check }) => check),
    switched: decision.switched,
    warnings: decision.warnings,
    auditAnnotations: audit(decision),
  };
}

function incomplete(decision: Decision, missed: readonly PatchOperation[]): Answer {
  const paths = missed.map((operation) => operation.path).join(', ');
  return {
    verdict: 'denied',
    reason: 'Forbidden',
    message: `record: this write was not completed by the mutating webhook (${paths}): it did not answer in time, or the colors changed meanwhile. Nothing was changed; try again`,
    checks: ['record'],
    switched: decision.switched,
    warnings: [],
    auditAnnotations: audit(decision),
  };
}

/** Warnings for the user: in `warn`, what `enforce` would refuse; in `audit`, nothing of that. */
function remarks(decision: Decision, mode: Mode): readonly string[] {
  if (mode !== 'warn') return decision.warnings;
  return [...decision.violations.map((violation) => `would be refused: ${explain(violation)}`), ...decision.warnings];
}

function audit({ switched, violations }: Decision): Readonly<Record<string, string>> {
  return {
    ...(switched === null ? {} : { switch: `${switched.kind} ${switched.from ?? 'nothing'} to ${switched.to}` }),
    ...(violations.length === 0 ? {} : { violations: violations.map(explain).join('; ') }),
  };
}
