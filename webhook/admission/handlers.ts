import jsonPatch from 'fast-json-patch';
import type { Decision, JsonObject, Mode } from '../policy/index.ts';
import { audit, denied, remarks, UNTOUCHED } from './answers.ts';
import { changeOf } from './change.ts';
import { decideChange, type Surroundings } from './decide.ts';
import type { AdmissionRequest, Answer, Handler, PatchOperation } from './types.ts';

/** Milliseconds for look-ups, below the timeouts of the entries (1 s and 3 s), so that an answer still arrives. */
const BUDGET = { mutate: 700, promotion: 2000 };

/** Fills, binds and records; denies with the full message. */
export function mutateHandler(mode: Mode, surroundings: Surroundings): Handler {
  return async (request) => {
    const decision = await decideRequest(request, surroundings, BUDGET.mutate);
    if (decision === null || request.object === null) return UNTOUCHED;
    if (decision.violations.length > 0 && mode === 'enforce') return denied({ ...decision, docs: surroundings.docs });
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
    if (decision === null || request.object === null) return UNTOUCHED;
    if (mode !== 'enforce') return patched(decision, [], []);
    if (decision.violations.length > 0) return denied({ ...decision, docs: surroundings.docs });
    const missed = difference(request.object, decision.object);
    if (missed.length > 0) return incomplete(decision, missed, surroundings.docs);
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
  return jsonPatch.compare(before, after).filter((operation) => operation.op !== '_get');
}

function patched(decision: Decision, patch: readonly PatchOperation[], warnings: readonly string[]): Answer {
  const about = {
    switched: decision.switched,
    warnings,
    auditAnnotations: audit(decision.switched, decision.violations),
  };
  return patch.length === 0 ? { verdict: 'allowed', ...about } : { verdict: 'patched', patch, ...about };
}

function incomplete(decision: Decision, missed: readonly PatchOperation[], docs: string): Answer {
  const paths = missed.map((operation) => operation.path).join(', ');
  const detail = `this write was not completed by the mutating webhook (${paths}): it did not answer in time, or the colors changed meanwhile. Nothing was changed; try again`;
  const violations = [{ check: 'record', reason: 'the mutation was missed', detail }] as const;
  return denied({ violations, warnings: [], switched: decision.switched, docs });
}
