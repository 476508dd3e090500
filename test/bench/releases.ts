import type { Writer } from './api.ts';

const NAMESPACES = 50;
const IMAGE = 'registry.example/shop:1.0';

/**
 * Makes that many TraefikServices, as the webhook would have recorded them, in namespaces that it does not look at:
 * there are no Services behind them.
 */
export async function makeReleases(writer: Writer, count: number): Promise<void> {
  const namespaces = Array.from({ length: NAMESPACES }, (_, index) => `bench-${index}`);
  const labels = { 'bluegreen.dev/mode': 'off' };
  await Promise.all(
    namespaces.map((name) =>
      writer.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }),
    ),
  );
  const numbers = Array.from({ length: count }, (_, index) => index);
  await Promise.all(
    numbers.map((number) => {
      const namespace = `bench-${number % NAMESPACES}`;
      const path = `/apis/traefik.io/v1alpha1/namespaces/${namespace}/traefikservices`;
      return writer.create(path, release(`shop-${number}`, namespace));
    }),
  );
}

function release(name: string, namespace: string): object {
  const now = { color: 'green', revision: '85db56cc4b', images: [IMAGE], since: '2026-03-01T10:00:00Z', by: 'alice' };
  const before = { ...now, color: 'blue', revision: '76c548d54f' };
  const history = ['blue', 'green', 'blue', 'green'].map((to, index) => ({
    kind: 'promotion',
    from: to === 'blue' ? 'green' : 'blue',
    to,
    at: `2026-03-0${index + 1}T10:00:00Z`,
    by: 'alice',
    revision: '85db56cc4b',
    images: [IMAGE],
  }));
  return {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'TraefikService',
    metadata: {
      name,
      namespace,
      annotations: {
        'bluegreen.dev/active': 'green',
        'bluegreen.dev/previous': 'blue',
        'bluegreen.dev/record': JSON.stringify({ active: now, previous: before, history }),
      },
    },
    spec: {
      weighted: {
        services: [
          { name: `${name}-blue`, port: 80, weight: 0 },
          { name: `${name}-green`, port: 80, weight: 100 },
        ],
      },
    },
  };
}
