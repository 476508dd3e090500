import { stateOf } from '../../webhook/policy/index.ts';
import type { Color } from '../../webhook/policy/index.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';

/** The labels under which Traefik counts a release. */
export interface Labels {
  /** Values of the label `service` of each color. */
  readonly colors: Readonly<Record<Color, readonly string[]>>;
  /** Value of the label `service` of the routers that lead to the TraefikService. */
  readonly release: string;
}

/** How Traefik's Kubernetes provider names what it makes of the custom resources. */
const PROVIDER = '@kubernetescrd';

/** The labels under which Traefik counts a release. */
export function labelsOf({ namespace, name, pair, object }: TraefikServiceRef): Labels {
  const state = stateOf(object, pair);
  function servicesOf(color: Color): readonly string[] {
    const base = `${namespace}-${pair[color]}`;
    // A detached color is listed again with the port of the other one.
    const port = state[color]?.port ?? state[color === 'blue' ? 'green' : 'blue']?.port;
    const withPort = typeof port === 'number' || typeof port === 'string' ? [`${base}-${port}${PROVIDER}`] : [];
    return [...withPort, `${base}${PROVIDER}`];
  }
  return {
    colors: { blue: servicesOf('blue'), green: servicesOf('green') },
    release: `${namespace}-${name}${PROVIDER}`,
  };
}

/** The color that is counted under a value of the label `service`; null for what is neither. */
export function colorIn(service: string, { colors }: Labels): Color | null {
  return colors.blue.includes(service) ? 'blue' : colors.green.includes(service) ? 'green' : null;
}
