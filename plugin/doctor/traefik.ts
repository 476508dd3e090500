import { describeError } from '../kube/errors.ts';
import { stringAt } from '../../common/json-paths.ts';
import { throttleOf } from '../traefik/options.ts';
import { findReplicas, proxyPath } from '../traefik/replicas.ts';
import type { Replica } from '../traefik/replicas.ts';
import { compareSettings } from './agreement.ts';
import { findingsOf } from './finding.ts';
import type { DoctorContext, DoctorFinding } from './finding.ts';
import { atLeast, isNewer, tagOf, TESTED } from './versions.ts';

const found = findingsOf('traefik-pods');
const options = findingsOf('traefik-options');
const readable = findingsOf('traefik-readable');

/** Traefik's replicas and the settings that decide how a switch goes. */
export async function lookAtTraefik(context: DoctorContext): Promise<readonly DoctorFinding[]> {
  const { session, io, traefik } = context;
  try {
    const replicas = await findReplicas(session.client, traefik, io.interrupted);
    if (replicas.length === 0) {
      return [
        found.warn(
          'no ready Traefik pod was found',
          'Name them with --traefik=NAMESPACE/LABEL=VALUE. The default is app.kubernetes.io/name=traefik.',
        ),
      ];
    }
    const reach = await Promise.all(replicas.map((replica) => reachable(context, replica)));
    const agreement = await compareSettings(context, replicas);
    return [
      found.ok(`ready Traefik replicas: ${replicas.length}`),
      ...new Map(replicas.flatMap(settings).map((finding) => [finding.title, finding])).values(),
      ...agreement,
      ...reach.flat(),
    ];
  } catch (error) {
    return [
      found.unknown(
        "Traefik's pods could not be listed",
        `${describeError(error)}. Name their namespace with --traefik.`,
      ),
    ];
  }
}

function settings(replica: Replica): readonly DoctorFinding[] {
  const throttle = throttleOf(replica.options);
  const empty = replica.options.get('providers.kubernetescrd.allowemptyservices') === 'true';
  return [
    throttle > 500
      ? options.warn(
          `a switch may take ${throttle / 1000}s (providersThrottleDuration)`,
          'Traefik applies at most one change in that time. Set --providers.providersthrottleduration=100ms, or less, for faster rollbacks.',
        )
      : options.ok(`a switch takes at most ${throttle / 1000}s (providersThrottleDuration)`),
    empty
      ? options.ok('a color without endpoints does not take the site down (allowEmptyServices=true)')
      : options.warn(
          'a listed color without endpoints takes the whole site down, even at weight 0 (allowEmptyServices=false)',
          'The setting to have is --providers.kubernetescrd.allowemptyservices=true, and the value allowEmptyServices=true of the chart. Until then deploy and release detach the preview, and decommission detaches a color before it scales it to zero.',
        ),
    ...(replica.options.get('providers.kubernetescrd.allowcrossnamespace') === 'true'
      ? [
          options.warn(
            'routes may point at colors in other namespaces (allowCrossNamespace=true)',
            'A TraefikService elsewhere can send traffic to a color without the policy of its namespace.',
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
      readable.ok(
        `${name} is Traefik ${stringAt(version, 'Version') ?? 'of an unknown version'}, and its API can be read`,
      ),
      ...age(name, stringAt(version, 'Version') ?? ''),
    ];
  const tagged = age(name, tagOf(replica.image) ?? '');
  if (metrics)
    return [readable.ok(`the metrics of ${name} can be read, its API cannot: --wait proves less`), ...tagged];
  return [
    (metricsPort === null ? readable.warn : readable.fail)(
      `neither the API nor the metrics of ${name} can be read`,
      '--wait cannot prove that this replica has switched. Enable the API (--api, entry point "traefik") or the metrics inside the cluster.',
    ),
    ...tagged,
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

function age(name: string, version: string): readonly DoctorFinding[] {
  const { warn } = findingsOf('traefik-version');
  const { oldest, newest } = TESTED.traefik;
  if (atLeast(version, oldest) === false)
    return [
      warn(
        `${name} is Traefik ${version}, older than ${oldest}`,
        `Upgrade Traefik: ${oldest} is the oldest version that is tested.`,
      ),
    ];
  if (isNewer(version, newest) !== true) return [];
  return [
    warn(
      `${name} is Traefik ${version}, newer than ${newest}`,
      `${newest} is the newest version that this plugin was tested with. Look for a newer plugin and chart.`,
    ),
  ];
}
