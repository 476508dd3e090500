import { Registry } from 'prom-client';
import t from 'tap';
import { createAuditGauges } from '../../../webhook/telemetry/audit-gauges.ts';
import type { Seen } from '../../../webhook/audit/inspect.ts';

function seen(namespace: string, more: Partial<Seen> = {}): Seen {
  return {
    group: 'traefik.io',
    namespace,
    name: 'shop',
    active: 'blue',
    switchedAt: null,
    ready: { blue: 1, green: 0 },
    frozen: false,
    findings: [],
    lookupFailed: null,
    uid: null,
    since: '',
    ...more,
  };
}
const split: Seen['findings'] = [
  { check: 'single-active', severity: 'denied', reason: 'split', detail: '', needs: 'nothing' },
];

async function shown(registry: Registry, name: string): Promise<readonly string[]> {
  return (await registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith(`bluegreen_${name}`))
    .map((line) => line.replace('bluegreen_', ''))
    .sort();
}

t.test('a freeze shows, and goes again', async (t) => {
  const registry = new Registry();
  const gauges = createAuditGauges(registry);
  gauges.show([seen('a', { frozen: true }), seen('b')]);
  t.same(await shown(registry, 'frozen'), [
    'frozen{group="traefik.io",namespace="a",name="shop"} 1',
    'frozen{group="traefik.io",namespace="b",name="shop"} 0',
  ]);
  gauges.show([seen('a')]);
  t.same(await shown(registry, 'frozen'), ['frozen{group="traefik.io",namespace="a",name="shop"} 0']);
});

t.test('however many objects there are, no more than the limit is shown by name, and all are counted', async (t) => {
  const registry = new Registry();
  const gauges = createAuditGauges(registry, { objects: 2, namespaces: 1 });
  const names = ['a', 'b', 'c', 'd'];
  gauges.show(names.map((namespace) => seen(namespace, { findings: split })));
  t.equal((await shown(registry, 'active{')).length, 4);
  t.equal((await shown(registry, 'ready_endpoints{')).length, 4);
  t.same(await shown(registry, 'findings{'), [
    'findings{check="single-active",namespace="_others"} 3',
    'findings{check="single-active",namespace="a"} 1',
  ]);
  t.same(await shown(registry, 'traefikservices'), ['traefikservices 4']);
});
