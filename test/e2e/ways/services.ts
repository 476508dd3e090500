import { HTTP, servicePath } from './place.ts';
import type { Place, Way, Write } from './place.ts';
import type { JsonObject } from '../../../common/json.ts';

function change({ color, spec }: { readonly color: 'blue' | 'green'; readonly spec: JsonObject }) {
  return (place: Place): Write => ({ method: 'PATCH', path: servicePath(place, place[color]), body: { spec } });
}
function active(spec: JsonObject) {
  return change({ color: 'blue', spec });
}
function preview(spec: JsonObject) {
  return change({ color: 'green', spec });
}
const UDP = { name: 'quic', port: 80, protocol: 'UDP' };
const EMPTIES =
  /active-service: .* Traefik would find no endpoint .* allowEmptyServices=false every request would get 404/;

/** Services, as Traefik finds their ports. */
export const SERVICES: readonly Way[] = [
  {
    it: "a UDP port of the same number comes before the active Service's port",
    write: active({ ports: [{ ...UDP, targetPort: 1 }, HTTP] }),
    answer: /^50/,
    says: /active-service: .* its port 80 leads to http: targetPort 1 would send production to another port/,
  },
  {
    it: "the active Service's port becomes UDP",
    write: active({ ports: [{ ...HTTP, protocol: 'UDP' }] }),
    answer: /^404/,
    says: /active-service: .* Traefik would find no endpoint for its port 80 \(named http, UDP, targetPort http\)/,
  },
  {
    it: "the active Service's port is renamed to https-web",
    write: active({ ports: [{ ...HTTP, name: 'https-web' }] }),
    answer: /^50/,
    says: /active-service: .* Traefik would speak https to a port named https-web/,
  },
  {
    it: "a listed preview's Service selects no pod",
    write: preview({ selector: { color: 'nobody' } }),
    answer: /^404/,
    says: EMPTIES,
  },
  {
    it: "a listed preview's targetPort is no port of its pods",
    write: preview({ ports: [{ ...HTTP, targetPort: 'grpc' }] }),
    answer: /^404/,
    says: EMPTIES,
  },
  {
    it: "a listed preview's port becomes UDP",
    write: preview({ ports: [{ ...HTTP, protocol: 'UDP' }] }),
    answer: /^404/,
    says: EMPTIES,
  },
  {
    it: 'a listed preview becomes an ExternalName',
    write: preview({ type: 'ExternalName', externalName: 'example.com', clusterIP: null, clusterIPs: null }),
    answer: /^404/,
    says: /active-service: .* with Traefik's allowExternalNameServices=false every request would get 404/,
  },
];
