import { LOOKUP_FAILED } from '../../webhook/policy/index.ts';
import type { Decision, Finding } from '../../webhook/policy/index.ts';
import type { Io } from '../cli/io.ts';
import type { Session } from '../cli/session.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { commandLine } from '../traefikservice/names.ts';
import { whyUnrecorded } from '../webhook/unrecorded.ts';
import type { Unrecorded } from '../webhook/unrecorded.ts';

/**
 * A decision whose advice helps: where no webhook records a smoke test, to attest it again changes nothing. The cluster is
 * asked only where a smoke test is missing.
 */
export async function withAdvice(
  session: Session,
  found: TraefikServiceRef,
  decision: Decision,
  io: Io,
  why: (namespace: string) => Promise<Unrecorded | null> = (namespace) => whyUnrecorded(session, namespace, io),
): Promise<Decision> {
  if (!decision.findings.some(needsRecord)) return decision;
  const unrecorded = await why(found.namespace);
  if (unrecorded === null) return decision;
  const findings = decision.findings.map((finding) =>
    needsRecord(finding) ? { ...finding, detail: detailOf(found, decision, unrecorded) } : finding,
  );
  return { ...decision, findings };
}

/** Whether a recorded smoke test would have kept a finding from being made. */
function needsRecord({ check, reason }: Finding): boolean {
  return check === 'smoke-test' && reason !== LOOKUP_FAILED;
}

function detailOf(found: TraefikServiceRef, { switched }: Decision, { why, fix }: Unrecorded): string {
  const service = switched === null ? 'the preview' : found.pair[switched.to];
  return (
    `${service} has no recorded smoke test of what it runs, and none can be recorded: ${why}. ` +
    `${fix}, then run: ${commandLine('smoke', found)}`
  );
}
