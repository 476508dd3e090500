import { at, get } from '../../../common/json.ts';
import type { JsonObject } from '../../../common/json.ts';
import { isDuration, millisecondsOf } from './durations.ts';
import { flaw } from './flaw.ts';
import type { Flaw } from './flaw.ts';

/** Milliseconds in which no pod of a cluster answers. */
const TOO_SHORT = 1;
/** Those that end a request; of another one that Traefik cannot read it takes the default. */
const TIMEOUTS = ['dialTimeout', 'responseHeaderTimeout'];

/**
 * What makes every request through a ServersTransport fail. Traefik builds any of them: a Secret that is missing, a
 * duration that is none and a bad certificate are left out with a line in its log (loadConfigurationFromCRD,
 * traefik/traefik pkg/provider/kubernetes/crd/kubernetes.go, and createRoundTripper, pkg/server/service/transport.go).
 */
export function serversTransportFlaw(transport: JsonObject | null): Flaw | null {
  const timeouts = at(transport, 'spec', 'forwardingTimeouts');
  for (const field of TIMEOUTS) {
    const written = get(timeouts, field);
    if ((typeof written !== 'string' && typeof written !== 'number') || !isDuration(written)) continue;
    const milliseconds = millisecondsOf(written);
    if (milliseconds > 0 && milliseconds < TOO_SHORT)
      return flaw(
        `its ${field} of ${JSON.stringify(written)} ends before a pod can answer`,
        `Raise forwardingTimeouts.${field}`,
      );
  }
  return null;
}
