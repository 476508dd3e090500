import type { JsonObject } from '../../common/json.ts';
import type { Call } from '../cli/command.ts';
import { ConnectError, UserError } from '../kube/errors.ts';
import { jobImage } from '../job/image.ts';
import { jobManifest } from '../job/manifest.ts';
import { runJob } from '../job/run.ts';
import type { Session } from '../cli/session.ts';
import { findReplicas } from '../traefik/replicas.ts';
import { resourceName } from '../traefikservice/find.ts';
import { RULE_FLAGS } from './flags.ts';
import type { Rules } from './rules.ts';
import type { Release } from './subject.ts';

/** How the line begins that says that the old colors are measured and the switch may come. */
export const READY = 'Ready: waiting for the switch of';

/** Milliseconds that the pod has to start, and that the switch may take once it is ready. */
const START_WITHIN = 120_000;
const SWITCH_WITHIN = 60_000;
/** Seconds beyond the watch: for the last look and for a rollback that has to be tried again. */
const MARGIN = 300;

/** A watch in the cluster: it goes on when whoever started it goes away. */
export interface WatchJob {
  /** Resolves when it is ready for the switch. Rejects when it ended before: then nothing is to be switched. */
  readonly ready: Promise<void>;
  /** To be called before the switch is sent: from then on it is left running, whatever happens here. */
  leave(): void;
  /** Removes it, as nothing was switched. */
  cancel(): Promise<void>;
  /** Follows it to its end and answers with its exit code. At Ctrl-C it is left running, and that is said. */
  follow(): Promise<number>;
}

/** Starts a Job that measures the old colors and then watches the switch. Throws where it cannot be started. */
export async function startWatchJob(
  call: Call,
  session: Session,
  rules: Rules,
  releases: readonly Release[],
  awaits: boolean,
): Promise<WatchJob> {
  const { io } = call;
  const manifest = await manifestFor(call, session, { rules, releases, awaits });
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
          `Job ${name} goes on watching in ${namespace}, without you. To follow it: kubectl logs -f job/${name} -n ${namespace}\n`,
        );
        throw error;
      }
    },
  };
}

interface Wanted {
  readonly rules: Rules;
  readonly releases: readonly Release[];
  readonly awaits: boolean;
}

async function manifestFor(call: Call, session: Session, { rules, releases, awaits }: Wanted): Promise<JsonObject> {
  const [first] = releases;
  if (first === undefined) throw new UserError('there is nothing to watch');
  const { namespace, name } = first.found;
  const serviceAccount = call.flags.text('service-account') ?? '';
  await requireServiceAccount(call, session, namespace, serviceAccount);
  const seconds = (rules.watchFor + rules.baselineFor + SWITCH_WITHIN) / 1000;
  return jobManifest({
    namespace,
    purpose: 'watch',
    release: name,
    image: await jobImage(call, session),
    pullSecrets: call.flags.list('job-pull-secret'),
    serviceAccount,
    deadline: Math.ceil(seconds) + MARGIN,
    args: [
      'watch',
      ...releases.map(({ found }) => resourceName(found)),
      `--namespace=${namespace}`,
      `--for=${rules.watchFor}ms`,
      `--timeout=${SWITCH_WITHIN}ms`,
      ...(awaits ? ['--await-switch'] : []),
      ...RULE_FLAGS.filter((flag) => call.flags.isSet(flag.name)).map(
        (flag) => `--${flag.name}=${call.flags.text(flag.name) ?? ''}`,
      ),
      ...(await traefikFlag(call, session)),
    ],
  });
}

async function requireServiceAccount(call: Call, { client }: Session, namespace: string, name: string): Promise<void> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}`;
  if ((await client.find(path, { signal: call.io.interrupted })) !== null) return;
  throw new UserError(
    `the Job needs the ServiceAccount ${name}, which namespace ${namespace} does not have: examples/watch/rights.yaml has it with the rights that a watch needs, and --service-account names another one. Nothing was switched`,
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
