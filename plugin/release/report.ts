import { parseJson } from '../../common/json-paths.ts';
import { isObject } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { stateOf } from '../../webhook/policy/index.ts';
import type { Call } from '../cli/command.ts';
import type { Session } from '../cli/session.ts';
import { UserError, describeError } from '../kube/errors.ts';
import { EXIT } from '../cli/io.ts';
import { printObject } from '../printers/object.ts';
import { readOutcome } from '../traefikservice/analysis-outcome.ts';
import { readAgain, resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';

/** One step of a release, planned or run. */
export interface ReleaseStep {
  readonly name: 'deploy' | 'smoke' | 'promote' | 'analyze';
  readonly state: 'pending' | 'done' | 'failed';
  readonly detail: string;
}

/** Prints a document of a release in the format of -o. */
export function printDocument(
  call: Call,
  { group, namespace, name }: Pick<TraefikServiceRef, 'group' | 'namespace' | 'name'>,
  kind: 'ReleasePlan' | 'ReleaseReport',
  content: object,
): void {
  const plain = parseJson(JSON.stringify({ resource: { group, namespace, name }, ...content }));
  const document: JsonObject = { apiVersion: 'bluegreen.dev/v1', kind, ...(isObject(plain) ? plain : {}) };
  call.io.out.write(printObject(document, resourceName({ group, name }), call.flags.text('output') ?? 'json'));
}

/**
 * Runs a release for a program: what the steps print goes to standard error, and at its end, whatever it is, one document
 * to standard output.
 */
export async function reporting(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  run: (call: Call) => Promise<number>,
): Promise<number> {
  const { io, flags } = call;
  const quiet: Call = {
    ...call,
    io: { ...io, out: io.err },
    flags: { ...flags, text: (name) => (name === 'output' ? undefined : flags.text(name)) },
  };
  try {
    const code = await run(quiet);
    await report(call, session, found, { exitCode: code, error: null });
    return code;
  } catch (error) {
    if (io.interrupted.aborted) throw error;
    const exitCode = error instanceof UserError ? error.exitCode : EXIT.error;
    await report(call, session, found, { exitCode, error: describeError(error) });
    throw error;
  }
}

interface Ended {
  readonly exitCode: number;
  readonly error: string | null;
}

/** How it ended, with what the object says now; of an object that cannot be read, what is known from before. */
async function report(call: Call, session: Session, found: TraefikServiceRef, ended: Ended): Promise<void> {
  const object = await readAgain(session.client, found).catch(() => found.object);
  const { active } = stateOf(object, found.pair);
  printDocument(call, found, 'ReleaseReport', {
    outcome: outcomeOf(ended.exitCode),
    active,
    analysis: readOutcome(object),
    ...ended,
  });
}

function outcomeOf(exitCode: number): string {
  const names: Readonly<Record<number, string>> = {
    [EXIT.ok]: 'Successful',
    [EXIT.untested]: 'NotTested',
    [EXIT.timeout]: 'TimedOut',
    [EXIT.rolledBack]: 'RolledBack',
    [EXIT.inconclusive]: 'Inconclusive',
  };
  return names[exitCode] ?? 'Failed';
}
