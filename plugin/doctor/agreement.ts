import { get } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import { settingOf, textOf, TRAEFIK_SETTINGS, TRAEFIK_TEXTS } from '../traefik/options.ts';
import type { TraefikSetting, TraefikText } from '../traefik/options.ts';
import type { Replica } from '../traefik/replicas.ts';
import { findingsOf } from './finding.ts';
import type { DoctorContext, DoctorFinding } from './finding.ts';
import { webhookPods } from './webhook-pods.ts';

const { ok, warn, fail, unknown } = findingsOf('traefik-agreement');

/** The environment variables by which the chart gives Traefik's settings to the webhook. */
export const VARIABLES: Readonly<Record<TraefikSetting, string>> = {
  allowEmptyServices: 'BLUEGREEN_ALLOW_EMPTY_SERVICES',
  allowExternalNameServices: 'BLUEGREEN_ALLOW_EXTERNAL_NAME_SERVICES',
  allowCrossNamespace: 'BLUEGREEN_ALLOW_CROSS_NAMESPACE',
  nativeLBByDefault: 'BLUEGREEN_NATIVE_LB_BY_DEFAULT',
};

/** The same for those that are texts or lists. */
export const TEXT_VARIABLES: Readonly<Record<TraefikText, string>> = {
  crossProviderNamespaces: 'BLUEGREEN_CROSS_PROVIDER_NAMESPACES',
  ingressClass: 'BLUEGREEN_INGRESS_CLASS',
  labelSelector: 'BLUEGREEN_LABEL_SELECTOR',
  watchedNamespaces: 'BLUEGREEN_WATCHED_NAMESPACES',
};

/** The value with which Traefik builds more. */
const LENIENT: Readonly<Record<TraefikSetting, boolean>> = {
  allowEmptyServices: true,
  allowExternalNameServices: true,
  allowCrossNamespace: true,
  nativeLBByDefault: false,
};

/**
 * Whether the chart has the settings of Traefik: by them the webhook denies what Traefik would drop. Nothing is said of a
 * webhook without pods, or whose pods may not be listed: the look at its replicas tells.
 */
export async function compareSettings(
  context: Pick<DoctorContext, 'session' | 'io'>,
  replicas: readonly Replica[],
): Promise<readonly DoctorFinding[]> {
  const [pod] = await webhookPods(context).catch(() => []);
  if (pod === undefined) return [];
  const told = TRAEFIK_SETTINGS.flatMap((setting) => {
    const value = variableOf(pod, VARIABLES[setting]);
    return value === null ? [] : [{ setting, chart: value === 'true' }];
  });
  const seen = replicas.filter(({ options }) => settingOf(options, 'allowEmptyServices') !== null);
  if (seen.length === 0)
    return [
      unknown(
        "Traefik's settings could not be compared with the chart's",
        `They are not in the arguments of its pods. Compare them with the chart's values: ${TRAEFIK_SETTINGS.join(', ')}.`,
      ),
    ];
  const differing = [
    ...told
      .filter(({ setting, chart }) => seen.some((replica) => differs(replica, setting, chart)))
      .map(({ setting, chart }) => disagreement(setting, chart)),
    ...Object.keys(TRAEFIK_TEXTS)
      .filter(isText)
      .flatMap((setting) => otherText(pod, seen, setting)),
  ];
  if (differing.length > 0) return differing;
  return [
    ok(`the chart has Traefik's settings: ${told.map(({ setting, chart }) => `${setting}=${chart}`).join(', ')}`),
  ];
}

function isText(key: string): key is TraefikText {
  return key in TRAEFIK_TEXTS;
}

/** That a Traefik reads other objects than the chart says. */
function otherText(pod: JsonObject, replicas: readonly Replica[], setting: TraefikText): readonly DoctorFinding[] {
  const chart = variableOf(pod, TEXT_VARIABLES[setting]);
  const other = replicas.map(({ options }) => textOf(options, setting)).find((text) => text !== chart?.toLowerCase());
  if (chart === null || other === undefined) return [];
  // Left empty where several Traefiks read some of the objects each.
  const result = chart === '' ? warn : fail;
  return [
    result(
      `Traefik runs with ${setting}=${other}, and the chart has ${setting}=${chart}`,
      `The webhook takes objects for read that Traefik leaves alone, or the other way around. Set the value ${setting} of the chart to what Traefik has.`,
    ),
  ];
}

function differs({ options }: Replica, setting: TraefikSetting, chart: boolean): boolean {
  const value = settingOf(options, setting);
  return value !== null && value !== chart;
}

function disagreement(setting: TraefikSetting, chart: boolean): DoctorFinding {
  const title = `Traefik runs with ${setting}=${!chart}, and the chart has ${setting}=${chart}`;
  const advice = `Upgrade the release with --set ${setting}=${!chart}.`;
  if (chart === LENIENT[setting])
    return fail(title, `The webhook allows what Traefik drops, and production would answer 404. ${advice}`);
  return warn(title, `The webhook denies what Traefik takes. ${advice}`);
}

function variableOf(pod: JsonObject, name: string): string | null {
  const variables = objectsAt(pod, 'spec', 'containers').flatMap((container) => objectsAt(container, 'env'));
  const found = variables.find((variable) => get(variable, 'name') === name);
  return found === undefined ? null : (stringAt(found, 'value') ?? null);
}
