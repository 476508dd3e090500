import { mayI } from '../kube/access.ts';
import { describeError } from '../kube/errors.ts';
import { settingOf, TRAEFIK_SETTINGS } from '../traefik/options.ts';
import { findReplicas } from '../traefik/replicas.ts';
import { readConfigurations } from '../webhook/configurations.ts';
import { findingsOf } from './finding.ts';
import type { DoctorContext, DoctorFinding } from './finding.ts';

const installing = findingsOf('permissions');
const registered = findingsOf('webhook-configurations');
const agreeing = findingsOf('traefik-agreement');

const ADMISSION = 'admissionregistration.k8s.io';
const RBAC = 'rbac.authorization.k8s.io';
/** What the chart creates outside of its namespace, and inside of it. */
const CREATES = [
  { group: RBAC, resource: 'clusterroles' },
  { group: RBAC, resource: 'clusterrolebindings' },
  { group: ADMISSION, resource: 'mutatingwebhookconfigurations' },
  { group: ADMISSION, resource: 'validatingwebhookconfigurations' },
  { group: ADMISSION, resource: 'validatingadmissionpolicies' },
  { group: 'apps', resource: 'deployments' },
  { group: '', resource: 'secrets' },
] as const;

/** What an installation of the chart needs, before it is made. */
export async function lookAtInstallation(context: DoctorContext): Promise<readonly DoctorFinding[]> {
  const found = await Promise.all([rights(context), earlier(context), values(context)]);
  return found.flat();
}

async function rights({ session, io }: DoctorContext): Promise<readonly DoctorFinding[]> {
  try {
    const may = await Promise.all(
      CREATES.map(async ({ group, resource }) => ({
        resource,
        allowed: await mayI(session.client, { verb: 'create', group, resource }, '', io.interrupted),
      })),
    );
    const denied = may.filter(({ allowed }) => !allowed).map(({ resource }) => resource);
    if (denied.length === 0) return [installing.ok('you may install the chart')];
    return [
      installing.fail(
        `you may not create ${denied.join(', ')} in all namespaces`,
        'The chart creates them. Let a cluster administrator install it.',
      ),
    ];
  } catch (error) {
    return [
      installing.unknown('the API server did not answer whether you may install the chart', describeError(error)),
    ];
  }
}

async function earlier({ session, io }: DoctorContext): Promise<readonly DoctorFinding[]> {
  const found = await readConfigurations(session.client, 'mutating', io.interrupted).catch(() => null);
  if (found === null || found.length === 0) return [];
  return [
    registered.warn(
      'webhooks of the chart are registered already',
      "Upgrade that release instead: 'helm list -A' names it, and 'kubectl bluegreen doctor' checks it.",
    ),
  ];
}

/** The values that the chart needs so that it agrees with Traefik. */
async function values({ session, io, traefik }: DoctorContext): Promise<readonly DoctorFinding[]> {
  const replicas = await findReplicas(session.client, traefik, io.interrupted).catch(() => []);
  const flags = TRAEFIK_SETTINGS.flatMap((setting) => {
    const known = replicas.map(({ options }) => settingOf(options, setting)).filter((value) => value !== null);
    if (known.length === 0) return [];
    // Where replicas differ, the stricter one decides.
    const value = setting === 'nativeLBByDefault' ? known.includes(true) : !known.includes(false);
    return value ? [`--set ${setting}=true`] : [];
  });
  if (replicas.every(({ options }) => settingOf(options, 'allowEmptyServices') === null)) return [];
  return [
    agreeing.ok(
      flags.length === 0
        ? "the chart's defaults are Traefik's settings"
        : `to have Traefik's settings, install the chart with ${flags.join(' ')}`,
    ),
  ];
}
