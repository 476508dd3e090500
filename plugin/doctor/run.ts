import { ApiError, hasStatus } from '../../common/kube/errors.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import { NOT_FOUND, UNAUTHORIZED } from '../../common/http-status.ts';
import { stringAt } from '../../common/json-paths.ts';
import { describeError } from '../kube/errors.ts';
import { listingOnce } from '../kube/once.ts';
import { lookAtDefinitions } from './definitions.ts';
import { findingsOf } from './finding.ts';
import type { CheckName, DoctorContext, DoctorFinding, DoctorLook } from './finding.ts';
import { lookAtKubectl } from './kubectl.ts';
import { lookAtInstallation } from './installation.ts';
import { lookAtLookalikes } from './lookalikes.ts';
import { lookAtPermissions } from './permissions.ts';
import { lookAtReplicas } from './replicas.ts';
import { lookAtReleases } from './releases.ts';
import { lookAtRoutes } from './routes.ts';
import { lookAtTraefik } from './traefik.ts';
import { atLeast, isNewer, TESTED } from './versions.ts';
import { lookAtWebhook } from './webhook.ts';

/** Of a running installation, and of a cluster that is to get one. */
const LOOKS: Readonly<Record<'run' | 'pre', readonly DoctorLook[]>> = {
  run: [lookAtWebhook, lookAtReplicas, lookAtPermissions, lookAtTraefik],
  pre: [lookAtInstallation, lookAtTraefik],
};
/** What the releases of a namespace are, and what looks like one or should lead to one. */
const RELEASES: readonly DoctorLook[] = [lookAtReleases, lookAtLookalikes, lookAtRoutes];
/** Milliseconds for a look, and for that at all releases: doctor ends whatever does not answer. */
const WITHIN = { first: 15_000, look: 40_000, releases: 120_000 };

/** Without these there is nothing to look at. */
const FATAL: ReadonlySet<CheckName> = new Set(['api-server', 'namespace-exists']);

/** What an examination found. */
export interface Examination {
  /** In a fixed order. */
  readonly findings: readonly DoctorFinding[];
  /** Whether it went to its end: a server that cannot be asked ends it at once. */
  readonly complete: boolean;
}

/** Looks at the API server, and then at everything else at once; with `pre`, at what an installation needs. */
export async function examine(context: DoctorContext, pre: boolean): Promise<Examination> {
  const around = await lookAround(context, LOOKS[pre ? 'pre' : 'run']);
  const fails = around.findings.some(({ state, check }) => state === 'fail' && check === 'traefik-definitions');
  if (!around.complete || pre || fails) return around;
  const session = { ...context.session, client: listingOnce(context.session.client) };
  const all = limited({ ...context, session }, WITHIN.releases);
  const releases = await Promise.all(RELEASES.map((look) => look(all)));
  return { findings: [...around.findings, ...releases.flat()], complete: true };
}

/** Looks at everything but the releases. */
export async function examineAround(context: DoctorContext): Promise<readonly DoctorFinding[]> {
  return (await lookAround(context, LOOKS.run)).findings;
}

async function lookAround(context: DoctorContext, looks: readonly DoctorLook[]): Promise<Examination> {
  const first = await lookAtServer(limited(context, WITHIN.first));
  if (first.some(({ state, check }) => state === 'fail' && FATAL.has(check)))
    return { findings: first, complete: false };
  const seen = await Promise.all([lookAtDefinitions, ...looks].map((look) => look(limited(context, WITHIN.look))));
  const findings = [...first, ...seen.flat()];
  return { findings: findings.toSorted((a, b) => ORDER.indexOf(a.area) - ORDER.indexOf(b.area)), complete: true };
}

/** In which order areas are shown. The releases are looked at, and shown, after all of these. */
const ORDER: readonly DoctorFinding['area'][] = ['api', 'webhook', 'permissions', 'traefik'];

function limited(context: DoctorContext, milliseconds: number): DoctorContext {
  const interrupted = AbortSignal.any([context.io.interrupted, AbortSignal.timeout(milliseconds)]);
  return { ...context, io: { ...context.io, interrupted } };
}

async function lookAtServer(context: DoctorContext): Promise<readonly DoctorFinding[]> {
  const { session, io } = context;
  const answers = findingsOf('api-server');
  const { host } = session.connection.url;
  try {
    const version = stringAt(await session.client.get('/version', { signal: io.interrupted }), 'gitVersion') ?? '';
    return [
      answers.ok(`the API server ${host} answers, Kubernetes ${version || 'of an unknown version'}`),
      ...kubernetesVersion(version),
      ...(await lookAtKubectl(io, version)),
      ...(await lookAtNamespace(context)),
    ];
  } catch (error) {
    if (!(error instanceof ApiError) || hasStatus(error, UNAUTHORIZED))
      return [answers.fail('the API server cannot be asked', describeError(error))];
    return [
      answers.unknown(`the API server ${host} does not answer which version it is`, describeError(error)),
      ...(await lookAtNamespace(context)),
    ];
  }
}

function kubernetesVersion(version: string): readonly DoctorFinding[] {
  const { fail, warn } = findingsOf('kubernetes-version');
  const { oldest, newest } = TESTED.kubernetes;
  if (atLeast(version, oldest) === false)
    return [fail(`Kubernetes ${version} is older than ${oldest}`, `The chart needs Kubernetes ${oldest} or later.`)];
  if (isNewer(version, newest) !== true) return [];
  return [
    warn(
      `Kubernetes ${version} is newer than ${newest}`,
      `${newest} is the newest version that this plugin was tested with. Look for a newer plugin and chart.`,
    ),
  ];
}

async function lookAtNamespace({ session, io, namespace }: DoctorContext): Promise<readonly DoctorFinding[]> {
  if (namespace === null) return [];
  const path = resourcePath('v1', 'namespaces', { name: namespace });
  const missing = await session.client.get(path, { signal: io.interrupted }).then(
    () => false,
    (error: unknown) => hasStatus(error, NOT_FOUND),
  );
  const { fail } = findingsOf('namespace-exists');
  return missing
    ? [fail(`namespace ${namespace} does not exist`, 'Choose another with -n, or check all with -A.')]
    : [];
}
