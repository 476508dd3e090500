import type { Writer } from './api.ts';

const NAMESPACES = 50;
const IMAGE = 'registry.example/shop:1.0';

export interface ReleaseOptions {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Weights of blue and green. */
  readonly weights?: readonly [number, number];
  /** Switches in its history, of which the webhook keeps 25. */
  readonly history?: number;
  /** Further entries in its list, which the webhook would deny to add. */
  readonly strangers?: number;
}

/** A TraefikService as the webhook would have recorded it after some promotions: green is active. */
export function release({
  name = 'shop',
  namespace = 'bench',
  labels = {},
  weights: [blue, green] = [0, 100],
  history = 4,
  strangers = 0,
}: ReleaseOptions = {}) {
  const now = { color: 'green', revision: '85db56cc4b', images: [IMAGE], since: '2026-03-01T10:00:00Z', by: 'alice' };
  const before = { ...now, color: 'blue', revision: '76c548d54f' };
  const events = Array.from({ length: history }, (_, index) => ({
    kind: 'promotion',
    from: (history - index) % 2 === 0 ? 'green' : 'blue',
    to: (history - index) % 2 === 0 ? 'blue' : 'green',
    at: new Date(Date.UTC(2026, 0, 1 + index, 10)).toISOString(),
    by: 'alice',
    revision: '85db56cc4b',
    images: [IMAGE],
    override: null,
  }));
  const others = Array.from({ length: strangers }, (_, index) => ({ name: `${name}-${index}`, port: 80, weight: 0 }));
  return {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'TraefikService',
    metadata: {
      name,
      namespace,
      labels,
      annotations: {
        'bluegreen.dev/active': 'green',
        'bluegreen.dev/previous': 'blue',
        'bluegreen.dev/record': JSON.stringify({ active: now, previous: before, history: events }),
      },
    },
    spec: {
      weighted: {
        services: [
          { name: `${name}-blue`, port: 80, weight: blue },
          { name: `${name}-green`, port: 80, weight: green },
          ...others,
        ],
      },
    },
  };
}

/** Makes namespaces that the webhook does not look at, unless their mode says so. */
export async function makeNamespaces(writer: Writer, names: readonly string[], mode = 'off'): Promise<void> {
  const labels = { 'bluegreen.dev/mode': mode };
  await Promise.all(
    names.map((name) =>
      writer.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }),
    ),
  );
}

export async function makeReleasesIn(
  writer: Writer,
  names: readonly { readonly name: string; readonly namespace: string }[],
): Promise<void> {
  await Promise.all(
    names.map((each) =>
      writer.create(`/apis/traefik.io/v1alpha1/namespaces/${each.namespace}/traefikservices`, release(each)),
    ),
  );
}

/**
 * Makes that many TraefikServices, as the webhook would have recorded them, in namespaces that it does not look at:
 * there are no Services behind them.
 */
export async function makeReleases(writer: Writer, count: number): Promise<void> {
  const namespaces = Array.from({ length: NAMESPACES }, (_, index) => `bench-${index}`);
  await makeNamespaces(writer, namespaces);
  const numbers = Array.from({ length: count }, (_, index) => index);
  await makeReleasesIn(
    writer,
    numbers.map((number) => ({ name: `shop-${number}`, namespace: `bench-${number % NAMESPACES}` })),
  );
}
