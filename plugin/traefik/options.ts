import type { JsonObject } from '../../common/json.ts';
import { at, list, text } from '../../common/json.ts';
import { parseDuration } from '../../common/duration.ts';
import { objectsAt } from '../../common/json-paths.ts';
import { TRAEFIK_DEFAULTS } from '../../webhook/policy/index.ts';
import type { TraefikSettings } from '../../webhook/policy/index.ts';

/** Milliseconds of Traefik's own default, https://doc.traefik.io/traefik/reference/install-configuration/providers/overview/ */
const DEFAULT_THROTTLE = 2000;

/** Options of a Traefik pod from its arguments; those of a configuration file cannot be seen. Names in lower case. */
export function optionsOf(pod: JsonObject): ReadonlyMap<string, string> {
  const words = objectsAt(pod, 'spec', 'containers').flatMap((container) => [
    ...list(at(container, 'command')),
    ...list(at(container, 'args')),
  ]);
  const options = new Map<string, string>();
  for (const word of words) {
    const match = /^--?([^=]+)(?:=(.*))?$/s.exec(text(word) ?? '');
    if (match) options.set((match[1] ?? '').toLowerCase(), (match[2] ?? 'true').toLowerCase());
  }
  return options;
}

/** Milliseconds for which a change may wait after the one before it. A bare number is of seconds, as in Traefik. */
export function throttleOf(options: ReadonlyMap<string, string>): number {
  function duration(name: string): number | null {
    const given = options.get(name) ?? '';
    return /^\d+$/.test(given) ? Number(given) * 1000 : parseDuration(given);
  }
  return (
    (duration('providers.providersthrottleduration') ?? DEFAULT_THROTTLE) +
    (duration('providers.kubernetescrd.throttleduration') ?? 0)
  );
}

const PROVIDER = 'providers.kubernetescrd';

/** The settings of `TraefikSettings` that are on or off in Traefik. */
export const TRAEFIK_SETTINGS = [
  'allowEmptyServices',
  'allowExternalNameServices',
  'allowCrossNamespace',
  'nativeLBByDefault',
] as const satisfies readonly (keyof TraefikSettings)[];
export type TraefikSetting = (typeof TRAEFIK_SETTINGS)[number];

/** Whether Traefik runs with one of these settings; null where the options do not tell. */
export function settingOf(options: ReadonlyMap<string, string>, setting: TraefikSetting): boolean | null {
  const given = options.get(`${PROVIDER}.${setting.toLowerCase()}`);
  if (given !== undefined) return given === 'true';
  // Traefik reads its arguments or a file, never both: where they have the provider, the default is in force.
  const here = [...options.keys()].some((name) => name === PROVIDER || name.startsWith(`${PROVIDER}.`));
  return here ? TRAEFIK_DEFAULTS[setting] : null;
}

/** The settings of `TraefikSettings` that are texts or lists in Traefik, and their names there where these are others. */
export const TRAEFIK_TEXTS = {
  crossProviderNamespaces: 'crossprovidernamespaces',
  ingressClass: 'ingressclass',
  labelSelector: 'labelselector',
  watchedNamespaces: 'namespaces',
} as const satisfies Partial<Record<keyof TraefikSettings, string>>;
export type TraefikText = keyof typeof TRAEFIK_TEXTS;

/** What Traefik has for one of these, in lower case; empty without it. */
export function textOf(options: ReadonlyMap<string, string>, setting: TraefikText): string {
  return options.get(`${PROVIDER}.${TRAEFIK_TEXTS[setting]}`) ?? '';
}

/** Whether Traefik counts requests by service, which is its default; null where its arguments do not set up metrics. */
export function countsServices(options: ReadonlyMap<string, string>): boolean | null {
  const prefix = 'metrics.prometheus';
  if (![...options.keys()].some((name) => name === prefix || name.startsWith(`${prefix}.`))) return null;
  return options.get(`${prefix}.addserviceslabels`) !== 'false';
}
