import type { Call } from '../cli/command.ts';
import { jobImage } from '../job/image.ts';
import { jobManifest } from '../job/manifest.ts';
import { runJob } from '../job/run.ts';
import { mayI } from '../kube/access.ts';
import { UserError, describeError } from '../kube/errors.ts';
import { messageOf } from '../../common/errors.ts';
import { choosePodPort } from '../pods/port.ts';
import type { Session } from '../cli/session.ts';
import type { Assignment, Check, CheckResult, Progress } from './check.ts';
import type { Place } from './place.ts';
import type { Snapshot } from './revision.ts';
import { notRun } from './not-run.ts';
import { runChecks } from './run.ts';
import { ASSIGNMENT, LONGEST_ASSIGNMENT, decode } from './wire.ts';

/** From where the preview is asked: a Job in the cluster, this machine through a forwarded port, or this machine at a URL. */
export type Via = 'job' | 'forward' | 'url';

/** Milliseconds that a Job's pod has to start, at most. */
export const START_WITHIN = 60_000;

/** How checks are to run. */
export interface Errand {
  readonly snapshot: Snapshot;
  readonly place: Place;
  readonly checks: readonly Check[];
  /** Milliseconds for all of it. */
  readonly timeout: number;
  readonly progress: (progress: Progress) => void;
}

/** The way that is taken: --url, --via, else a Job where one may be created, else a forwarded port, with a message. */
export async function chooseVia(call: Call, session: Session): Promise<Via> {
  const given = call.flags.text('via');
  if (call.flags.isSet('url')) return 'url';
  if (given === 'job' || given === 'forward') return given;
  const why = await whyNoJob(call, session);
  if (why === null) return 'job';
  call.io.err.write(`Asking through a forwarded port, because ${why}.\n`);
  return 'forward';
}

const CREATE_JOBS = { verb: 'create', group: 'batch', resource: 'jobs' };
/** Which of the verbs counts depends on the API server's version. */
const FORWARD_PORTS = ['get', 'create'].map((verb) => ({
  verb,
  group: '',
  resource: 'pods',
  subresource: 'portforward',
}));

/** Throws a UserError where the user has none of the rights that a test needs, before anything is done for it. */
export async function requireWay(
  call: Call,
  { client, namespace }: Session,
  kind: 'checks' | 'manifest' | 'program',
): Promise<void> {
  const { flags, io } = call;
  if (flags.isSet('url') && kind !== 'manifest') return;
  const via = flags.text('via');
  const byJob = kind === 'manifest' || (kind === 'checks' && via !== 'forward');
  const byForward = kind === 'program' || (kind === 'checks' && via !== 'job');
  const rights = [...(byJob ? [CREATE_JOBS] : []), ...(byForward ? FORWARD_PORTS : [])];
  const granted = await Promise.all(rights.map((right) => mayI(client, right, namespace, io.interrupted)));
  if (granted.includes(true)) return;
  const what = [...(byJob ? ['create Jobs'] : []), ...(byForward ? ['forward ports'] : [])].join(' nor ');
  throw new UserError(
    `the preview could not be tested, so nothing was begun: you may ${byJob && byForward ? 'neither' : 'not'} ${what} in namespace ${namespace}. Get the right, or ask from here with --url`,
  );
}

async function whyNoJob(call: Call, session: Session): Promise<string | null> {
  if (!(await mayI(session.client, CREATE_JOBS, session.namespace, call.io.interrupted)))
    return `you may not create Jobs in namespace ${session.namespace}`;
  try {
    await jobImage(call, session);
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}

/** Runs the checks in a Job and reads their results from its log. */
export async function checkByJob(call: Call, session: Session, errand: Errand): Promise<readonly CheckResult[]> {
  const { found } = errand.snapshot;
  const assignment: Assignment = { url: errand.place.url, checks: errand.checks };
  const text = JSON.stringify(assignment);
  if (text.length > LONGEST_ASSIGNMENT) {
    throw new UserError('the checks are too long for a Job: run them with --via=forward, or split the file');
  }
  const image = await jobImage(call, session);
  const manifest = jobManifest({
    namespace: found.namespace,
    purpose: 'smoke',
    release: found.name,
    image,
    pullSecrets: call.flags.list('job-pull-secret'),
    args: ['smoke-checks'],
    env: { [ASSIGNMENT]: text },
    serviceAccount: null,
    deadline: Math.ceil((errand.timeout + START_WITHIN) / 1000),
  });
  const other: string[] = [];
  let results: readonly CheckResult[] | null = null;
  const end = await runJob(call, session, manifest, {
    abandoned: 'remove',
    startWithin: Math.min(START_WITHIN, errand.timeout),
    endWithin: errand.timeout,
    line: (line) => {
      const message = decode(line);
      if (message === null) other.push(line);
      else if (message.kind === 'progress') errand.progress(message.progress);
      else results = message.results;
    },
  });
  if (results !== null) return results;
  throw new UserError(
    `Job ${end.name} ended with exit code ${end.exitCode} and no result (${other.at(-1) ?? 'it wrote nothing'}): ` +
      `is ${image} the project's image, of this plugin's version?`,
  );
}

/** Runs the checks from this machine, through a port that is forwarded to a ready pod. */
export function checkByForward(call: Call, session: Session, errand: Errand): Promise<readonly CheckResult[]> {
  return withForward(call, session, errand, (url) => checkFromHere(call, url, errand));
}

/** Runs the checks from this machine at a URL. */
export function checkFromHere(call: Call, url: string, errand: Errand): Promise<readonly CheckResult[]> {
  const signal = AbortSignal.any([AbortSignal.timeout(errand.timeout), call.io.interrupted]);
  const options = { now: () => performance.now(), progress: errand.progress, signal };
  return runChecks({ url, checks: errand.checks }, options).catch((error: unknown) => {
    if (call.io.interrupted.aborted || !signal.aborted) throw error;
    throw new UserError(`the checks took longer than ${errand.timeout / 1000}s (--timeout)`, 3);
  });
}

/**
 * Forwards a local port to the preview as long as the work takes. Throws a UserError where no port can be forwarded:
 * before the work begins, and in place of its result where a connection of it was not forwarded for another reason than
 * the preview's own. What such a test says is not about the preview.
 */
export async function withForward<T>(
  call: Call,
  session: Session,
  { snapshot, place }: Pick<Errand, 'snapshot' | 'place'>,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const { isOfPod, listenAndForward, tryForward } = await import('../kube/port-forward.ts');
  function target(): ReturnType<typeof choosePodPort> {
    return choosePodPort(call, session, snapshot.found, snapshot.preview, String(place.port));
  }
  const failures: unknown[] = [];
  function failed(error: unknown): void {
    if (isOfPod(error)) call.io.err.write(`${describeError(error)}\n`);
    else failures.push(error);
  }
  await tryForward(session.client, await target(), call.io.interrupted).catch(failed);
  requireForwarded(call, failures);
  const options = { localPort: 0, address: '127.0.0.1', target, failed };
  const server = await listenAndForward(session.client, options).catch((error: unknown) => {
    throw notRun(`unable to listen on a local port: ${messageOf(error)}`);
  });
  try {
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    const result = await work(`${place.url.split(':')[0] ?? 'http'}://127.0.0.1:${port}`);
    requireForwarded(call, failures);
    return result;
  } finally {
    server.close();
  }
}

function requireForwarded({ io }: Call, [first]: readonly unknown[]): void {
  io.interrupted.throwIfAborted();
  if (first === undefined) return;
  throw notRun(
    `no port of the preview can be forwarded (${messageOf(first)}). Get the right to forward ports or to create Jobs, or ask from here with --url`,
  );
}
