// What few people do on purpose, and some do by accident: with kubectl and the plugin, through the installed chart.
import { join } from 'node:path';
import t from 'tap';
import { shareCluster } from '../cluster/sharing/share.ts';
import { rolledOut } from '../cluster/kube.ts';
import { namespaceObject } from '../objects.ts';
import { service, within } from './around/world.ts';
import { NAMES } from './odd/names.ts';
import { openShop } from './odd/shop.ts';
import type { OddCase, ShopPlace } from './odd/shop.ts';
import { SPACES } from './odd/spaces.ts';
import { TIME } from './odd/time.ts';
import { WORKLOADS } from './odd/workloads.ts';
import { WRITING } from './odd/writing.ts';

/** Endpoints are kept by hand here, and are pods there. */
const HAND = 'odd';
const PODS = 'odd-pods';
const COLORS = join(import.meta.dirname, 'gitops/colors.yaml');

const byHand: readonly OddCase[] = [...WRITING, ...NAMES, ...TIME, ...SPACES];
function placeOf(index: number): ShopPlace {
  return {
    namespace: HAND,
    name: `o${index}`,
    blue: `o${index}-blue`,
    green: `o${index}-green`,
  };
}

const cluster = await shareCluster(t, 'webhook');
const services = byHand.map((_, index) => placeOf(index)).flatMap(({ blue, green }) => [blue, green]);
await cluster.apply([
  ...[HAND, PODS].map((name) => namespaceObject(name)),
  ...within(
    HAND,
    services.flatMap((name) => service(name, null)),
  ),
]);
await cluster.applyFiles([join(import.meta.dirname, 'odd/rights.yaml'), COLORS], PODS);
for (const color of ['blue', 'green']) await rolledOut(cluster, PODS, color);

for (const [index, { name, run }] of byHand.entries()) t.test(name, (t) => run(t, openShop(cluster, placeOf(index))));

for (const [index, { name, run }] of WORKLOADS.entries())
  t.test(name, async (t) => {
    const shop = openShop(cluster, { namespace: PODS, name: `p${index}`, blue: 'blue', green: 'green' });
    try {
      await run(t, shop);
    } finally {
      await shop.admin.run(`delete ${shop.resource}`);
    }
  });
