import { resourcePath } from '../../common/kube/paths.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Call } from '../cli/command.ts';
import { ConnectError, UserError } from '../kube/errors.ts';
import { jobImage } from '../job/image.ts';
import { jobManifest } from '../job/manifest.ts';
import { runJob } from '../job/run.ts';
import type { Session } from '../cli/session.ts';
import { findReplicas } from '../traefik/replicas.ts';
import { resourceName } from '../traefikservice/find.ts';
import { LIMIT_FLAGS } from './flags.ts';
import type { AnalysisOptions } from './options.ts';
import type { AnalyzedSwitch } from './subject.ts';

/** The line with this prefix reports that the baseline is measured and the switch may come. */
export const READY = 'Ready: waiting for the switch of';

/** Milliseconds that the pod has to start, and that the switch may take once it is ready. */
const START_WITHIN = 120_000;
const SWITCH_WITHIN = 60_000;
/** Seconds beyond the analysis: for the last observation and for a rollback that has to be retried. */
const MARGIN = 300;

/** An analysis in the cluster: it continues when this command ends. */
export interface AnalysisJob {
  /** Resolves when it is ready for the switch. Rejects when it ended before: then nothing is to be switched. */
  readonly ready: Promise<void>;
  /** To be called before the switch is sent: from then on it is left running, whatever happens here. */
  leave(): void;
  /** Removes it, as nothing was switched. */
  cancel(): Promise<void>;
  /** Follows it to its end and answers with its exit code. At Ctrl-C it is left running, and a message reports that. */
  follow(): Promise<number>;
}

/** Starts a Job that measures the old colors and then analyzes the switch. Throws where it cannot be started. */
export async function startAnalysisJob(
  call: Call,
  session: Session,
  options: AnalysisOptions,
  releases: readonly AnalyzedSwitch[],
  awaits: boolean,
): Promise<AnalysisJob> {
  const { io } = call;
  const manifest = await manifestFor(call, session, { options, releases, awaits });
  const own = new AbortController();
  let isLeft = !awaits;
  let name = '';
  const ready = Promise.withResolvers<void>();
  let waitingFor = releases.length;
  const ended = runJob(
    { ...call, io: { ...io, interrupted: AbortSignal.any([io.interrupted, own.signal]) } },
    session,
    manifest,
    {
      line: (text) => {
        io.err.write(`${text}\n`);
        if (text.startsWith(READY)) waitingFor -= 1;
        if (waitingFor === 0) ready.resolve();
      },
      created: (given) => {
        name = given;
      },
      get abandoned() {
        return isLeft ? ('leave' as const) : ('remove' as const);
      },
      startWithin: START_WITHIN,
    },
  );
  if (!awaits) ready.resolve();
  ended.then(
    ({ exitCode }) =>
      ready.reject(new UserError('the Job ended before the switch. Nothing was switched', exitCode || 1)),
    (error: unknown) => ready.reject(error),
  );
  ready.promise.catch(() => {});
  return {
    ready: ready.promise,
    leave: () => {
      isLeft = true;
    },
    cancel: async () => {
      isLeft = false;
      own.abort(new Error('nothing was switched'));
      await ended.catch(() => {});
    },
    follow: async () => {
      try {
        return (await ended).exitCode;
      } catch (error) {
        if (!io.interrupted.aborted && !(error instanceof ConnectError)) throw error;
        const { namespace } = releases[0]?.found ?? session;
        io.err.write(
          `Job ${name} continues the analysis in namespace ${namespace} after this command exits. To follow it: kubectl logs -f job/${name} -n ${namespace}. To end it, and leave the switch as it is: kubectl delete job/${name} -n ${namespace}\n`,
        );
        throw error;
      }
    },
  };
}

interface Wanted {
  readonly options: AnalysisOptions;
  readonly releases: readonly AnalyzedSwitch[];
  readonly awaits: boolean;
}

async function manifestFor(call: Call, session: Session, { options, releases, awaits }: Wanted): Promise<JsonObject> {
  const [first] = releases;
  if (first === undefined) throw new UserError('there is nothing to analyze');
  const { namespace, name } = first.found;
  const serviceAccount = await requireServiceAccount(call, session, namespace);
  const seconds = (options.analyzeFor + options.baselineFor + SWITCH_WITHIN) / 1000;
  return jobManifest({
    namespace,
    purpose: 'analysis',
    release: name,
    image: await jobImage(call, session),
    pullSecrets: call.flags.list('job-pull-secret'),
    serviceAccount,
    deadline: Math.ceil(seconds) + MARGIN,
    args: [
      'analyze',
      ...releases.map(({ found }) => resourceName(found)),
      `--namespace=${namespace}`,
      `--for=${options.analyzeFor}ms`,
      `--timeout=${SWITCH_WITHIN}ms`,
      ...(awaits ? ['--await-switch'] : []),
      ...LIMIT_FLAGS.filter((flag) => call.flags.isSet(flag.name)).map(
        (flag) => `--${flag.name}=${call.flags.text(flag.name) ?? ''}`,
      ),
      ...(await traefikFlag(call, session)),
    ],
  });
}

/** The ServiceAccount of the Job. Throws a UserError where it does not exist. */
export async function requireServiceAccount(call: Call, { client }: Session, namespace: string): Promise<string> {
  const name = call.flags.text('service-account') ?? '';
  const path = resourcePath('v1', 'serviceaccounts', { namespace, name });
  if ((await client.getOrNull(path, { signal: call.io.interrupted })) !== null) return name;
  throw new UserError(
    `the Job needs the ServiceAccount ${name}, which does not exist in namespace ${namespace}. Apply examples/analysis/rights.yaml, or name another one with --service-account. Nothing was switched`,
  );
}

/** Where Traefik is: the Job may look there, and nowhere else. */
async function traefikFlag(call: Call, { client }: Session): Promise<readonly string[]> {
  const given = call.flags.text('traefik');
  if (given !== undefined) return [`--traefik=${given}`];
  const replicas = await findReplicas(client, undefined, call.io.interrupted).catch(() => []);
  const [namespace, ...others] = new Set(replicas.map((replica) => replica.namespace));
  return namespace === undefined || others.length > 0 ? [] : [`--traefik=${namespace}`];
}
