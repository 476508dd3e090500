import type { JsonObject } from '../../common/json.ts';
import { number } from '../../common/json.ts';
import type { Call } from '../cli/command.ts';
import { runJob } from '../job/run.ts';
import { readObjects } from '../kube/manifests.ts';
import { UserError } from '../kube/errors.ts';
import { objectAt, objectsAt, stringAt } from '../../common/json-paths.ts';
import type { Session } from '../cli/session.ts';
import type { CheckResult } from './check.ts';
import { notRun } from './not-run.ts';
import { START_WITHIN } from './where.ts';

/** What tests of the user's own are told, in their environment. */
export interface TestEnvironment {
  readonly BLUEGREEN_URL: string;
  readonly BLUEGREEN_COLOR: string;
  readonly BLUEGREEN_REVISION: string;
}

/** Runs a program on this machine; its exit code decides. Throws where there is none: it was not found, or was killed. */
export async function testByProgram(
  call: Call,
  words: readonly string[],
  env: TestEnvironment,
  timeout: number,
): Promise<CheckResult> {
  const format = call.flags.text('output') ?? '';
  const output = format === '' || format === 'wide' ? 'out' : 'err';
  const signal = AbortSignal.any([AbortSignal.timeout(timeout), call.io.interrupted]);
  const end = await call.io.runProgram(words, { env: { ...env }, output, signal });
  call.io.interrupted.throwIfAborted();
  if ('failed' in end && !signal.aborted) throw notRun(`${words[0] ?? ''}: ${end.failed}`);
  const reason = 'code' in end ? `exit code ${end.code}` : `took longer than ${timeout / 1000}s (--timeout)`;
  return single(words.join(' '), 'code' in end && end.code === 0, reason);
}

/** Runs a Job of the user's; the exit code of its first container decides. Its log goes to standard error. */
export async function testByManifest(
  call: Call,
  session: Session,
  {
    manifest,
    namespace,
    env,
  }: { readonly manifest: JsonObject; readonly namespace: string; readonly env: TestEnvironment },
  timeout: number,
): Promise<CheckResult> {
  const job = prepareJob(manifest, namespace, env, Math.ceil((timeout + START_WITHIN) / 1000));
  const end = await runJob(call, session, job, {
    abandoned: 'remove',
    startWithin: Math.min(START_WITHIN, timeout),
    endWithin: timeout,
    line: (line) => call.io.err.write(`${line}\n`),
  });
  return single(`Job ${end.name}`, end.exitCode === 0, `exit code ${end.exitCode}`);
}

function single(name: string, passed: boolean, reason: string): CheckResult {
  return { name, requests: 1, failed: passed ? 0 : 1, reasons: passed ? [] : [reason], latency: null };
}

/** Reads a manifest that holds one Job. Throws a UserError. */
export function readJob(file: string, source: string): JsonObject {
  const { objects, broken } = readObjects(file, source);
  const [problem] = broken;
  if (problem !== undefined) throw new UserError(`${file}:${problem.position.line}: ${problem.message}`);
  const [only, ...more] = objects.map(({ object }) => object);
  if (only?.['kind'] === 'Job' && only['apiVersion'] === 'batch/v1' && more.length === 0) return only;
  throw new UserError(`${file} is to hold one object, a Job of batch/v1`);
}

/** Seconds that a Job stays after its end unless it says otherwise. */
const KEPT = 3600;

/**
 * The user's Job as it is sent: under a name that the API server completes, so that it can run again; tried once, so that
 * a failure is one; every container with the environment.
 */
function prepareJob(manifest: JsonObject, namespace: string, env: TestEnvironment, deadline: number): JsonObject {
  const spec = objectAt(manifest, 'spec');
  if ((number(spec['parallelism']) ?? 1) > 1 || (number(spec['completions']) ?? 1) > 1) {
    throw new UserError('a Job with several pods cannot be a smoke test: leave out parallelism and completions');
  }
  const metadata = objectAt(manifest, 'metadata');
  const elsewhere = stringAt(manifest, 'metadata', 'namespace') ?? namespace;
  if (elsewhere !== namespace) {
    throw new UserError(
      `the Job is in namespace ${elsewhere}, the release in ${namespace}: leave the Job's namespace out`,
    );
  }
  const { name: _, ...rest } = metadata;
  const prefix =
    stringAt(manifest, 'metadata', 'generateName') ?? `${stringAt(manifest, 'metadata', 'name') ?? 'smoke'}-`;
  const template = objectAt(manifest, 'spec', 'template');
  const pod = objectAt(template, 'spec');
  const added = Object.entries(env).map(([name, value]) => ({ name, value: String(value) }));
  function withEnv(container: JsonObject): JsonObject {
    return {
      ...container,
      env: [
        ...objectsAt(container, 'env').filter((each) => !Object.hasOwn(env, stringAt(each, 'name') ?? '')),
        ...added,
      ],
    };
  }
  return {
    ...manifest,
    metadata: { ...rest, generateName: prefix, namespace },
    spec: {
      ttlSecondsAfterFinished: KEPT,
      activeDeadlineSeconds: deadline,
      ...spec,
      backoffLimit: 0,
      template: {
        ...template,
        spec: {
          ...pod,
          restartPolicy: 'Never',
          containers: objectsAt(pod, 'containers').map(withEnv),
          ...(Object.hasOwn(pod, 'initContainers')
            ? { initContainers: objectsAt(pod, 'initContainers').map(withEnv) }
            : {}),
        },
      },
    },
  };
}
