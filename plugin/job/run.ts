import { hasStatus } from '../../common/kube/errors.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import { FORBIDDEN } from '../../common/http-status.ts';
import type { JsonObject } from '../../common/json.ts';
import { get, number } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import type { Call } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { UserError, describeError } from '../kube/errors.ts';
import { objectAt, objectsAt, stringAt } from '../../common/json-paths.ts';
import { diagnose } from '../pods/diagnose.ts';
import type { Session } from '../cli/session.ts';
import { createFollower } from './follow.ts';

/** How a Job is run. */
export interface JobRun {
  /** Each line that its pod writes, as it comes. */
  readonly line: (text: string) => void;
  /** What is done with it when it runs and is not followed to its end (Ctrl-C, a lost connection). */
  readonly abandoned: 'remove' | 'leave';
  /** Milliseconds that its pod has to start; why it does not is told as soon as it is known. */
  readonly startWithin: number;
  /** Milliseconds from its creation to its end, after which it is abandoned; left out for one without a limit. */
  readonly endWithin?: number;
  /** Told the name that the API server gave the Job. */
  readonly created?: (name: string) => void;
}

/** A Job that ended. */
export interface JobEnd {
  readonly name: string;
  /** Of the pod's first container. */
  readonly exitCode: number;
}

/** Reasons for the end of a container whose exit code is not its program's. */
const UNRUN = new Set(['StartError', 'ContainerCannotRun', 'OOMKilled']);
/** Milliseconds between two looks. */
const POLL = 300;
/** Every so many looks the events are read as well. */
const LOOK_CLOSER = 4;

/**
 * Creates a Job of one pod, follows its log and waits for its end. Throws a UserError that says why the pod does not
 * start, or why there is no exit code, with the time-out's exit code where it did not end in time; a Job that did not
 * start is removed. Rejects at Ctrl-C.
 */
export async function runJob(call: Call, session: Session, manifest: JsonObject, run: JobRun): Promise<JobEnd> {
  const namespace = stringAt(manifest, 'metadata', 'namespace') ?? session.namespace;
  const jobs = resourcePath('batch/v1', 'jobs', { namespace });
  const query = { fieldManager: call.flags.text('field-manager') };
  const job = await session.client.create(jobs, manifest, { query, signal: call.io.interrupted });
  const name = nameOf(job);
  run.created?.(name);
  const { interrupted } = call.io;
  const late = run.endWithin === undefined ? null : AbortSignal.timeout(run.endWithin);
  const signal = late === null ? interrupted : AbortSignal.any([interrupted, late]);
  const running: RunningJob = {
    call,
    session,
    run,
    namespace,
    job,
    path: resourcePath('batch/v1', 'jobs', { namespace, name }),
    signal: interrupted,
  };
  let runs = false;
  try {
    const pod = await started(running);
    runs = true;
    return { name, exitCode: await ended({ ...running, signal }, pod) };
  } catch (error) {
    if (!runs || run.abandoned === 'remove') await remove(running);
    if (runs && late?.aborted === true && !interrupted.aborted) throw notEnded(name, run.endWithin ?? 0);
    throw error;
  }
}

interface RunningJob {
  readonly call: Call;
  readonly session: Session;
  readonly run: JobRun;
  readonly namespace: string;
  readonly job: JsonObject;
  readonly path: string;
  /** Aborted at Ctrl-C; of a Job whose pod has started, also when its time is over. */
  readonly signal: AbortSignal;
}

function notEnded(name: string, limit: number): UserError {
  return new UserError(
    `Job ${name} did not end within ${seconds(limit)}: give it more time with --timeout`,
    EXIT.timeout,
  );
}

function seconds(milliseconds: number): string {
  return `${Math.ceil(milliseconds / 1000)}s`;
}

/** Removes the Job with its pods; what cannot be removed is named. */
async function remove({ call, session, job, namespace, path }: RunningJob): Promise<void> {
  try {
    await session.client.remove(path, { query: { propagationPolicy: 'Background' }, quiet: true });
  } catch (error) {
    call.io.err.write(`Job ${nameOf(job)} in ${namespace} could not be removed: ${describeError(error)}\n`);
  }
}

/** The Job's pod, once its container runs or has ended. */
async function started(running: RunningJob): Promise<JsonObject> {
  const { call, run, job, namespace, signal } = running;
  const deadline = call.io.now().getTime() + run.startWithin;
  let told = '';
  for (let look = 0; ; look += 1) {
    const pod = await podOf(running);
    if (pod !== null && hasStarted(pod)) return pod;
    const late = call.io.now().getTime() >= deadline;
    if (look % LOOK_CLOSER === LOOK_CLOSER - 1 || late) {
      const { lines, hopeless } = await why(running, pod);
      const text = lines.join('; ');
      if (late || hopeless) throw notStarted(nameOf(job), text, hopeless ? null : run.startWithin);
      if (text !== '' && text !== told) call.io.err.write(`Job ${nameOf(job)} in ${namespace} waits: ${text}\n`);
      told = text;
    }
    await call.io.sleep(POLL, signal);
  }
}

function notStarted(name: string, text: string, limit: number | null): UserError {
  const when = limit === null ? '' : ` within ${seconds(limit)}`;
  return new UserError(`the pod of Job ${name} did not start${when}: ${text || 'no reason is known'}`, EXIT.error);
}

async function why(
  { session, namespace, job, signal }: RunningJob,
  pod: JsonObject | null,
): Promise<Awaited<ReturnType<typeof diagnose>>> {
  const query = { namespace, pods: pod === null ? [] : [pod], owners: pod === null ? [job] : [] };
  return diagnose(session.client, query, signal);
}

async function podOf({ session, namespace, job, signal }: RunningJob): Promise<JsonObject | null> {
  const path = resourcePath('v1', 'pods', { namespace });
  const query = { labelSelector: `job-name=${nameOf(job)}` };
  const pods = await session.client.list(path, { query, signal });
  return pods[0] ?? null;
}

function mainStatus(pod: JsonObject): JsonObject {
  const main = stringAt(objectsAt(pod, 'spec', 'containers')[0], 'name');
  return objectsAt(pod, 'status', 'containerStatuses').find((each) => stringAt(each, 'name') === main) ?? {};
}

function hasStarted(pod: JsonObject): boolean {
  const state = objectAt(mainStatus(pod), 'state');
  return Object.hasOwn(state, 'running') || Object.hasOwn(state, 'terminated');
}

/** Follows the log to the container's end and answers with its exit code. */
async function ended(running: RunningJob, first: JsonObject): Promise<number> {
  const { call, session, namespace, run, job, signal } = running;
  const container = stringAt(objectsAt(first, 'spec', 'containers')[0], 'name') ?? '';
  const follow = createFollower(session.client, { namespace, pod: nameOf(first), container }, run.line);
  for (;;) {
    await follow(signal).catch((error: unknown) => {
      // A stream that breaks is taken up again; a pod that is gone is found out below.
      if (signal.aborted || hasStatus(error, FORBIDDEN)) throw error;
    });
    const pod = await podOf(running);
    if (pod === null) throw new UserError(`the pod of Job ${nameOf(job)} is gone: ${await failureOf(running)}`);
    const terminated = objectAt(mainStatus(pod), 'state', 'terminated');
    const code = number(get(terminated, 'exitCode'));
    const reason = stringAt(terminated, 'reason') ?? '';
    if (UNRUN.has(reason)) {
      const message = stringAt(terminated, 'message');
      throw new UserError(`the container of Job ${nameOf(job)} did not run to its end: ${message ?? reason}`);
    }
    if (code !== null) return code;
    if (stringAt(pod, 'status', 'phase') === 'Failed') {
      throw new UserError(`the pod of Job ${nameOf(job)} failed: ${stringAt(pod, 'status', 'message') ?? 'evicted'}`);
    }
    await call.io.sleep(POLL, signal);
  }
}

/** What the Job itself says of its failure. */
async function failureOf({ session, path, signal }: RunningJob): Promise<string> {
  const job = await session.client.getOrNull(path, { signal });
  if (job === null) return 'the Job was deleted';
  const failed = objectsAt(job, 'status', 'conditions').find((each) => stringAt(each, 'type') === 'Failed');
  return stringAt(failed, 'message') ?? 'it was deleted';
}
