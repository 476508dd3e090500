import jsonPatch from 'fast-json-patch';
import { ANNOTATION, checksOf, evaluateUngoverned, NO_OVERRIDE, readRecord } from '../policy/index.ts';
import type { Change, Decision, Mode } from '../policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { annotation } from '../../common/json.ts';
import { audit, denied, MISSED, remarks, UNTOUCHED } from './answers.ts';
import { changeOf } from './change.ts';
import { decideChange } from './decide.ts';
import type { Dependencies } from './decide.ts';
import { denyWhenOverloaded } from './concurrency-limit.ts';
import type { PatchOperation } from '../../common/json-patch.ts';
import type { AdmissionRequest, Answer, Handler, TraefikServiceRef } from './types.ts';

/** Milliseconds for look-ups, below the timeouts of the entries (1 s and 3 s), so that an answer still arrives. */
const MUTATE = { timeoutMs: 700, warns: true };
const PROMOTION = { timeoutMs: 2000, warns: false };

/** Fills, binds and records; denies with the full message. */
export function mutateHandler(mode: Mode, dependencies: Dependencies): Handler {
  return denyWhenOverloaded(mode, async (request) => {
    const decided = await decideRequest(request, dependencies, { ...MUTATE, mode });
    if (request.object === null) return UNTOUCHED;
    if (decided === null) return answerUngoverned(request, mode, dependencies.docsUrl);
    const { decision } = decided;
    if (decision.findings.length > 0 && mode === 'enforce') return denialOf(decided, dependencies.docsUrl);
    return patched(decided, difference(request.object, decision.object), remarks(decision, mode));
  });
}

/**
 * Decides again on the final object, and trusts nothing that the mutating webhook may not have written: when completing
 * the object would still change it, that call was missed, and the request has to be made again.
 */
export function promotionHandler(mode: Mode, dependencies: Dependencies): Handler {
  return denyWhenOverloaded(mode, async (request) => {
    const decided = await decideRequest(request, dependencies, { ...PROMOTION, mode });
    if (request.object === null) return UNTOUCHED;
    if (decided === null) return { ...answerUngoverned(request, mode, dependencies.docsUrl), warnings: [] };
    const { decision } = decided;
    if (mode !== 'enforce') return patched(decided, [], []);
    if (decision.findings.length > 0) return denialOf(decided, dependencies.docsUrl);
    const missed = difference(request.object, decision.object);
    if (missed.length > 0) return incomplete(decided, missed, dependencies.docsUrl);
    return patched(decided, [], []);
  });
}

/** What names no pair passes, unless it was meant to. */
function answerUngoverned(request: AdmissionRequest, mode: Mode, docsUrl: string): Answer {
  const change = changeOf(request);
  if (change === null || request.subResource !== '') return UNTOUCHED;
  const { findings, warnings } = evaluateUngoverned(change);
  if (findings.length > 0 && mode === 'enforce')
    return denied({ findings, warnings, switched: null, about: [], docsUrl });
  return { ...UNTOUCHED, checks: checksOf(findings), warnings: remarks({ findings, warnings, ...NO_OVERRIDE }, mode) };
}

/** A decision, and the change that it is about. */
interface Decided {
  readonly change: Change;
  readonly decision: Decision;
}

async function decideRequest(
  request: AdmissionRequest,
  dependencies: Dependencies,
  { timeoutMs, warns, mode }: { readonly timeoutMs: number; readonly warns: boolean; readonly mode: Mode },
): Promise<Decided | null> {
  const change = changeOf(request);
  if (change === null || change.operation === 'DELETE' || request.subResource !== '') return null;
  const { user, dryRun } = request;
  const decision = await decideChange({ change, user, warns, mode, dryRun }, dependencies, timeoutMs);
  return decision === null ? null : { change, decision };
}

function difference(before: JsonObject, after: JsonObject): readonly PatchOperation[] {
  if (before === after) return [];
  return jsonPatch.compare(before, after).flatMap((operation): readonly PatchOperation[] => {
    const { op, path } = operation;
    if (op === 'remove') return [{ op, path }];
    return op === 'add' || op === 'replace' ? [{ op, path, value: operation.value }] : [];
  });
}

function patched(decided: Decided, patch: readonly PatchOperation[], warnings: readonly string[]): Answer {
  const { change, decision } = decided;
  const findings = [...decision.findings, ...decision.overridden];
  const { override } = decision;
  const about = {
    switched: decision.switched,
    warnings,
    checks: checksOf(findings),
    override,
    about: [targetOf(change)],
    recordedAt: recordedAt(decided),
    auditAnnotations: audit({ outcome: 'allowed', switched: decision.switched, findings, override }),
  };
  return patch.length === 0 ? { verdict: 'allowed', ...about } : { verdict: 'patched', patch, ...about };
}

function recordedAt({ change, decision }: Decided): string | null {
  const [before, after] = [change.oldObject, decision.object].map((object) => annotation(object, ANNOTATION.record));
  if (before === after) return null;
  const last = readRecord(decision.object).history.at(-1)?.at ?? null;
  return last === readRecord(change.oldObject).history.at(-1)?.at ? null : last;
}

function targetOf({ group, name }: Change): TraefikServiceRef {
  return { group, name };
}

function denialOf({ change, decision }: Decided, docsUrl: string): Answer {
  return denied({ ...decision, about: [targetOf(change)], docsUrl });
}

/** A replica that was just lost is the usual reason, and another one answers by now. */
function incomplete({ change, decision }: Decided, missed: readonly PatchOperation[], docsUrl: string): Answer {
  const paths = missed.map((operation) => operation.path).join(', ');
  const detail = `this write was not completed by the mutating webhook (${paths}): it did not answer in time, or the colors changed meanwhile. Nothing was changed; try again`;
  const findings = [{ check: 'record', severity: 'denied', reason: MISSED, detail, needs: 'nothing' }] as const;
  return denied({ findings, warnings: [], switched: decision.switched, about: [targetOf(change)], docsUrl });
}
