import { describeError } from '../kube/errors.ts';
import { stringAt } from '../../common/json-paths.ts';
import { throttleOf } from '../traefik/options.ts';
import { findReplicas, proxyPath } from '../traefik/replicas.ts';
import type { Replica } from '../traefik/replicas.ts';
import { compareSettings } from './agreement.ts';
import { findingsOf } from './finding.ts';
import type { DoctorContext, DoctorFinding } from './finding.ts';

const { ok, warn, fail, unknown } = findingsOf('traefik');

/** Traefik's replicas and the settings that decide how a switch goes. */
export async function lookAtTraefik(context: DoctorContext): Promise<readonly DoctorFinding[]> {
  const { session, io, traefik } = context;
  try {
    const replicas = await findReplicas(session.client, traefik, io.interrupted);
    const [first] = replicas;
    if (first === undefined) {
      return [
        warn(
          'no ready Traefik pod was found',
          'Name them with --traefik=NAMESPACE/LABEL=VALUE. The default is app.kubernetes.io/name=traefik.',
        ),
      ];
    }
    const reach = await Promise.all(replicas.map((replica) => reachable(context, replica)));
    const agreement = await compareSettings(context, replicas);
    return [ok(`ready Traefik replicas: ${replicas.length}`), ...settings(first), ...agreement, ...reach.flat()];
  } catch (error) {
    return [
      unknown("Traefik's pods could not be listed", `${describeError(error)}. Name their namespace with --traefik.`),
    ];
  }
}

function settings({ options }: Replica): readonly DoctorFinding[] {
  const throttle = throttleOf(options);
  const empty = options.get('providers.kubernetescrd.allowemptyservices') === 'true';
  return [
    throttle > 500
      ? warn(
          `a switch may take ${throttle / 1000}s (providersThrottleDuration)`,
          'Traefik applies at most one change in that time. Set --providers.providersthrottleduration=100ms, or less, for faster rollbacks.',
        )
      : ok(`a switch takes at most ${throttle / 1000}s (providersThrottleDuration)`),
    empty
      ? ok('a color without endpoints does not take the site down (allowEmptyServices=true)')
      : warn(
          'a listed color without endpoints takes the whole site down, even at weight 0 (allowEmptyServices=false)',
          'The setting to have is --providers.kubernetescrd.allowemptyservices=true, and the value allowEmptyServices=true of the chart. Until then deploy and release detach the preview, and decommission detaches a color before it scales it to zero.',
        ),
    ...(options.get('providers.kubernetescrd.allowcrossnamespace') === 'true'
      ? [
          warn(
            'routes may point at colors in other namespaces (allowCrossNamespace=true)',
            'A TraefikService elsewhere can send traffic to a color without the policy of its namespace.',
          ),
        ]
      : []),
    ...(options.get('providers.kubernetescrd.safenaming') === 'true'
      ? [
          warn(
            'Traefik uses safe names for its services (safeNaming=true)',
            "--wait looks up a TraefikService by its plain name, so it may not find it in Traefik's API.",
          ),
        ]
      : []),
  ];
}

async function reachable({ session, io }: DoctorContext, replica: Replica): Promise<readonly DoctorFinding[]> {
  const { name, apiPort, metricsPort } = replica;
  const version =
    apiPort === null
      ? null
      : await session.client
          .getOrNull(proxyPath(replica, apiPort, '/api/version'), { signal: io.interrupted })
          .catch(() => null);
  const metrics = metricsPort !== null && (await answers({ session, io }, replica, metricsPort));
  if (version !== null)
    return [
      ok(`${name} is Traefik ${stringAt(version, 'Version') ?? 'of an unknown version'}, and its API can be read`),
    ];
  if (metrics) return [ok(`the metrics of ${name} can be read, its API cannot: --wait proves less`)];
  return [
    (metricsPort === null ? warn : fail)(
      `neither the API nor the metrics of ${name} can be read`,
      '--wait cannot prove that this replica has switched. Enable the API (--api, entry point "traefik") or the metrics inside the cluster.',
    ),
  ];
}

async function answers(
  { session, io }: Pick<DoctorContext, 'session' | 'io'>,
  replica: Replica,
  port: number,
): Promise<boolean> {
  try {
    for await (const line of session.client.lines(proxyPath(replica, port, '/metrics'), { signal: io.interrupted })) {
      if (line.startsWith('traefik_')) return true;
    }
    return false;
  } catch {
    return false;
  }
}
