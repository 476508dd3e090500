import t from 'tap';
import type { JsonObject } from '../../../common/json.ts';
import { readGuarded } from '../../../webhook/admission/guarded.ts';
import type { UsageReader } from '../../../webhook/facts/usage-reader.ts';
import { FakeReader } from '../facts/fake-reader.ts';
import { SETTINGS } from '../policy/build.ts';
import { CLUSTER, request, traefikService } from './world.ts';

/** A cluster in which no guard asks for more than this. */
class GuardingReader extends FakeReader implements UsageReader {
  listServices = (): Promise<readonly JsonObject[]> => Promise.resolve([]);
  getNamespace = (): Promise<JsonObject | null> => Promise.resolve(null);
}

t.test('the deletion of a color asks for the TraefikServices of each group once', async (t) => {
  const reader = new GuardingReader(`${CLUSTER}\n${JSON.stringify(shop())}\n`);
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'blue', namespace: 'demo' } };
  const deletion = { ...request(null, service), group: '', version: 'v1', resource: 'services', name: 'blue' };
  const found = await readGuarded(deletion, reader, new AbortController().signal, SETTINGS);
  t.match(found, [{ request: { kind: 'service', name: 'blue', deleted: true, uses: [{ traefikService: 'shop' }] } }]);
  t.equal(reader.calls.filter((kind) => kind === 'TraefikService').length, 2);
});

t.test(
  'an update of a TraefikService with another entry and an owner asks once for those of each namespace',
  async (t) => {
    const reader = new GuardingReader(`${CLUSTER}\n${JSON.stringify(shop())}\n`);
    const before = shop();
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'gone', uid: 'u' };
    const after = {
      ...before,
      metadata: { name: 'shop', namespace: 'demo', ownerReferences: [owner] },
      spec: {
        weighted: {
          services: [
            { name: 'blue', port: 80, weight: 100 },
            { name: 'green', port: 81, weight: 0 },
          ],
        },
      },
    };
    const found = await readGuarded(request(after, before), reader, new AbortController().signal, SETTINGS);
    t.match(found, [
      { request: { kind: 'traefikservice-update', name: 'shop' } },
      { request: { kind: 'owners', name: 'shop', neededBy: [{ traefikService: 'shop' }] } },
    ]);
    t.equal(reader.calls.filter((kind) => kind === 'TraefikService').length, 4, 'demo, and demo-green for the name');
  },
);

function shop(): JsonObject {
  return { apiVersion: 'traefik.io/v1alpha1', kind: 'TraefikService', ...traefikService([100, 0]) };
}
