import type { Call } from '../cli/command.ts';
import { UserError, describeError } from '../kube/errors.ts';
import type { Revision } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Session } from '../cli/session.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import type { Check, CheckResult } from './check.ts';
import { awaitDeparted } from './departing.ts';
import { testByManifest, testByProgram } from './outside.ts';
import type { TestEnvironment } from './outside.ts';
import { placeOf } from './place.ts';
import type { Place } from './place.ts';
import { progressLine } from './progress.ts';
import { recordFailure, recordPass } from './record.ts';
import type { SmokeReport } from './report.ts';
import { changeBetween, takeSnapshot } from './revision.ts';
import type { Snapshot } from './revision.ts';
import { checkByForward, checkByJob, checkFromHere, chooseVia, withForward } from './where.ts';
import { warn } from '../cli/warn.ts';

/** What is tested with. */
export type Trial =
  | { readonly kind: 'checks'; readonly checks: readonly Check[] }
  | { readonly kind: 'manifest'; readonly manifest: JsonObject }
  | { readonly kind: 'program'; readonly words: readonly string[] };

export interface SmokeRequest {
  readonly trial: Trial;
  /** Where it is run from this machine; null for the preview's own Service. */
  readonly url: string | null;
  /** Milliseconds. */
  readonly timeout: number;
  /** Whether the result is written on the object. */
  readonly record: boolean;
}

/** Milliseconds that a test has at least. */
const LEAST = 1000;

/** A smoke test that ran to its end. */
export interface Smoked {
  readonly found: TraefikServiceRef;
  readonly report: SmokeReport;
  /** Why a test that passed does not count; null where it counts, or failed. */
  readonly inVain: string | null;
}

/**
 * Tests the preview and records the result for the very revision that was tested: what it runs is read before and after,
 * and where that is not the same nothing is recorded. A failure is recorded as well: it takes an older pass back.
 */
export async function smokeTest(
  call: Call,
  session: Session,
  given: TraefikServiceRef,
  request: SmokeRequest,
): Promise<Smoked> {
  const deadline = call.io.now().getTime() + request.timeout;
  const before = await takeSnapshot(call, session, given);
  if (before.revision === null && request.record) throw unbindable(before);
  const place = await placeOf(call, session, before.found, before.preview);
  await awaitDeparted(call, session, before, request.timeout);
  const started = call.io.now();
  // What it waited for before is a part of the time.
  const timeout = Math.max(LEAST, deadline - started.getTime());
  const { results, url, via } = await perform(call, session, before, place, { ...request, timeout });
  const passed = results.every(({ failed }) => failed === 0);
  const seconds = (call.io.now().getTime() - started.getTime()) / 1000;
  const { group, namespace, name } = before.found;
  const report: SmokeReport = {
    resource: { group, namespace, name },
    color: before.preview,
    service: place.service,
    revision: before.revision?.name ?? null,
    images: before.revision?.images ?? [],
    url,
    via,
    passed,
    recorded: null,
    startedAt: started.toISOString(),
    seconds,
    checks: results,
  };
  if (!request.record) return { found: before.found, report, inVain: null };
  return record(call, session, before, report);
}

function unbindable({ found, preview }: Snapshot): UserError {
  return new UserError(
    `Service ${found.pair[preview]} has no selector, so a test of it cannot be bound to a revision: run it with --record=false and attest by hand, with a name for what runs there`,
  );
}

interface Performed {
  readonly results: readonly CheckResult[];
  readonly url: string;
  readonly via: string;
}

async function perform(
  call: Call,
  session: Session,
  snapshot: Snapshot,
  place: Place,
  { trial, url, timeout }: SmokeRequest,
): Promise<Performed> {
  function env(at: string): TestEnvironment {
    return {
      BLUEGREEN_URL: at,
      BLUEGREEN_COLOR: snapshot.preview,
      BLUEGREEN_REVISION: snapshot.revision?.name ?? '',
    };
  }
  if (trial.kind === 'manifest') {
    const given = { manifest: trial.manifest, namespace: snapshot.found.namespace, env: env(place.url) };
    return { results: [await testByManifest(call, session, given, timeout)], url: place.url, via: 'job' };
  }
  if (trial.kind === 'program') {
    const { words } = trial;
    function run(at: string): Promise<CheckResult> {
      return testByProgram(call, words, env(at), timeout);
    }
    if (url !== null) return { results: [await run(url)], url, via: 'url' };
    const result = await withForward(call, session, { snapshot, place }, run);
    return { results: [result], url: place.url, via: 'forward' };
  }
  const via = await chooseVia(call, session);
  const line = progressLine(call);
  const errand = { snapshot, place, checks: trial.checks, timeout, progress: line.show };
  try {
    if (url !== null) return { results: await checkFromHere(call, url, errand), url, via };
    const check = via === 'job' ? checkByJob : checkByForward;
    return { results: await check(call, session, errand), url: place.url, via };
  } finally {
    line.clear();
  }
}

async function record(call: Call, session: Session, before: Snapshot, report: SmokeReport): Promise<Smoked> {
  const after = await takeSnapshot(call, session, before.found).catch((error: unknown) => {
    if (call.io.interrupted.aborted || !(error instanceof UserError)) throw error;
    return error.message;
  });
  const change = typeof after === 'string' ? after : changeBetween(before, after);
  if (typeof after === 'string' || change !== null) {
    return { found: before.found, report, inVain: report.passed ? change : null };
  }
  const { revision } = after;
  if (revision === null) return { found: after.found, report, inVain: null };
  const bindable: Snapshot & { readonly revision: Revision } = { ...after, revision };
  if (!report.passed)
    return { found: after.found, report: await withFailure(call, session, bindable, report), inVain: null };
  try {
    const { found, value } = await recordPass(call, session, bindable);
    return { found, report: { ...report, recorded: value }, inVain: null };
  } catch (error) {
    if (call.io.interrupted.aborted) throw error;
    return { found: after.found, report, inVain: error instanceof UserError ? error.message : describeError(error) };
  }
}

/** What failed first, in words. */
function reasonOf({ checks }: SmokeReport): string {
  const first = checks.find(({ failed }) => failed > 0);
  return first === undefined ? '' : [first.name, ...first.reasons.slice(0, 1)].join(': ');
}

/** A failure that cannot be written down is one all the same. */
async function withFailure(
  call: Call,
  session: Session,
  snapshot: Snapshot & { readonly revision: Revision },
  report: SmokeReport,
): Promise<SmokeReport> {
  try {
    return { ...report, recorded: await recordFailure(call, session, snapshot, reasonOf(report)) };
  } catch (error) {
    if (call.io.interrupted.aborted) throw error;
    warn(call, `the failure could not be recorded: ${describeError(error)}`);
    return report;
  }
}
