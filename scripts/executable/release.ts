// A release as an API server tells of it, of two Deployments with a pod each: as little as the plugin's commands need to
// go their usual way.
const NAMESPACE = 'demo';
const COLORS = ['blue', 'green'] as const;
type Color = (typeof COLORS)[number];

const HASH = { blue: 'aaa111', green: 'bbb222' } as const;
const AT = '2026-01-01T00:00:00Z';

function image(color: Color): string {
  return `registry.local/shop:${color}`;
}

function labels(color: Color): object {
  return { color, 'pod-template-hash': HASH[color] };
}

function owner(kind: string, name: string): object {
  return { apiVersion: 'apps/v1', kind, name, uid: name, controller: true };
}

function named(name: string, metadata: object, rest: object): object {
  return { metadata: { name, namespace: NAMESPACE, resourceVersion: '1', generation: 1, ...metadata }, ...rest };
}

function version(color: Color): object {
  return { color, revision: HASH[color], images: [image(color)], since: AT, by: 'ci' };
}

const TESTED = {
  'bluegreen.dev/smoke-test': `passed:${HASH.green}`,
  'bluegreen.dev/smoke-test-record': JSON.stringify({ ...version('green'), imageIDs: [], at: AT }),
};

const PROMOTED = {
  'bluegreen.dev/active': 'green',
  'bluegreen.dev/previous': 'blue',
  'bluegreen.dev/record': JSON.stringify({ active: version('green'), previous: version('blue'), history: [] }),
};

function traefikService(active: Color): object {
  const services = COLORS.map((name) => ({ name, port: 80, weight: name === active ? 100 : 0 }));
  const annotations = active === 'green' ? PROMOTED : TESTED;
  return {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'TraefikService',
    ...named('shop', { annotations }, { spec: { weighted: { services } } }),
  };
}

function perColor(kind: string, color: Color): object | null {
  const template = { metadata: { labels: { color } }, spec: { containers: [{ name: 'app', image: image(color) }] } };
  const spec = { replicas: 1, selector: { matchLabels: { color } }, template };
  const counts = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, observedGeneration: 1 };
  const set = `${color}-${HASH[color]}`;
  switch (kind) {
    case 'services':
      return named(color, {}, { spec: { selector: { color }, ports: [{ name: 'http', port: 80 }] } });
    case 'deployments':
      return named(color, { labels: { color } }, { spec, status: counts });
    case 'replicasets':
      return named(set, { labels: labels(color), ownerReferences: [owner('Deployment', color)] }, { spec });
    case 'pods': {
      const status = { conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [] };
      const metadata = { labels: labels(color), ownerReferences: [owner('ReplicaSet', set)] };
      return named(`${set}-0`, metadata, { spec: template.spec, status });
    }
    case 'endpointslices': {
      const conditions = { ready: true, serving: true, terminating: false };
      const targetRef = { kind: 'Pod', name: `${set}-0` };
      return named(
        `${color}-0`,
        { labels: { 'kubernetes.io/service-name': color } },
        { ports: [{ name: 'http', port: 80 }], endpoints: [{ addresses: ['10.0.0.1'], conditions, targetRef }] },
      );
    }
    default:
      return null;
  }
}

/** What an API server answers; null is 404. */
export type Answer = (method: string, url: string) => object | null;

/** A release with blue active and green tested, until a PATCH of it comes, then the other way round, and so on. */
export function createRelease(): Answer {
  let active: Color = 'blue';
  return (method, url) => {
    const [path = ''] = url.split('?');
    if (method === 'PATCH') active = active === 'blue' ? 'green' : 'blue';
    if (path.startsWith('/apis/traefik.containo.us/')) return null;
    const [kind = '', name] = path.split('/').slice(path.startsWith('/api/') ? 5 : 6);
    if (kind === 'traefikservices')
      return name === undefined ? { items: [traefikService(active)] } : traefikService(active);
    if (name === undefined)
      return { items: COLORS.map((color) => perColor(kind, color)).filter((item) => item !== null) };
    return perColor(kind, name.startsWith('green') ? 'green' : 'blue');
  };
}
