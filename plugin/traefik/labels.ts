import {
  childKey,
  COLORS,
  objectKey,
  PROVIDER,
  safeChildIn,
  safeObjectKey,
  stateOf,
} from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';

/** What follows a name of Traefik's Kubernetes provider. */
export const PROVIDER_SUFFIX = `@${PROVIDER}`;

/** The names under which Traefik builds and counts a release, by both of its naming schemes, without the provider. */
export interface Labels {
  /** The TraefikService. */
  readonly release: readonly string[];
  /** The load balancer of each color. */
  readonly colors: Readonly<Record<Color, readonly string[]>>;
  /** The same under `safeNaming`, where the position in the list is a part of the name. */
  readonly safe: { readonly parent: string; readonly services: Readonly<Record<Color, string>> };
}

/** The names under which Traefik builds and counts a release. */
export function labelsOf({ namespace, name, pair, object }: TraefikServiceRef): Labels {
  const state = stateOf(object, pair);
  function servicesOf(color: Color): readonly string[] {
    // A detached color is listed again with the port of the other one.
    const port = state[color]?.port ?? state[color === 'blue' ? 'green' : 'blue']?.port;
    const withPort =
      typeof port === 'number' || typeof port === 'string' ? [childKey(namespace, pair[color], port)] : [];
    return [...withPort, objectKey(namespace, pair[color])];
  }
  const parent = safeObjectKey(namespace, name);
  return {
    release: [objectKey(namespace, name), parent],
    colors: { blue: servicesOf('blue'), green: servicesOf('green') },
    safe: {
      parent,
      services: { blue: safeObjectKey(namespace, pair.blue), green: safeObjectKey(namespace, pair.green) },
    },
  };
}

/** The color that Traefik builds or counts under a name; null for what is neither. The provider may follow the name. */
export function colorIn(service: string, { colors, safe }: Labels): Color | null {
  const key = withoutProvider(service);
  const child = safeChildIn(key);
  return (
    COLORS.find(
      (color) =>
        colors[color].includes(key) || (child?.parent === safe.parent && child.service === safe.services[color]),
    ) ?? null
  );
}

/** Whether a name is that of the TraefikService itself. The provider may follow the name. */
export function isRelease(service: string, { release }: Pick<Labels, 'release'>): boolean {
  return release.includes(withoutProvider(service));
}

/** The name without the provider, which Traefik leaves out in some places. */
export function withoutProvider(service: string): string {
  return service.endsWith(PROVIDER_SUFFIX) ? service.slice(0, -PROVIDER_SUFFIX.length) : service;
}
