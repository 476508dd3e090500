import t from 'tap';
import { colorIn, isRelease, labelsOf } from '../../../plugin/traefik/labels.ts';
import { allTo } from '../../objects.ts';

function release(name: string) {
  const pair = { blue: 'blue', green: 'green' };
  return labelsOf({ group: 'traefik.io', namespace: 'demo', name, pair, object: { spec: allTo('blue') } });
}

t.test('a color is counted under the names of both of the naming schemes of Traefik', async (t) => {
  const labels = release('shop');
  for (const [service, color] of [
    ['demo-green-80@kubernetescrd', 'green'],
    ['demo-green-80', 'green'],
    ['demo-blue-80@kubernetescrd', 'blue'],
    ['demo_shop_wrr_1_demo_green_80@kubernetescrd', 'green'],
    ['demo_shop_wrr_0_demo_blue_http', 'blue'],
    ['demo_other_wrr_1_demo_green_80@kubernetescrd', null],
    ['demo_shop_wrr_1_other_green_80@kubernetescrd', null],
    ['demo-green-v2-80@kubernetescrd', null],
    ['demo-shop@kubernetescrd', null],
    ['demo_shop@kubernetescrd', null],
  ] as const)
    t.equal(colorIn(service, labels), color, service);
});

t.test('a TraefikService has a name in each scheme, and what Traefik flattens is flattened', async (t) => {
  const labels = release('shop.example');
  for (const service of ['demo-shop-example@kubernetescrd', 'demo-shop-example', 'demo_shop.example@kubernetescrd'])
    t.ok(isRelease(service, labels), service);
  t.notOk(isRelease('demo-shop.example@kubernetescrd', labels));
  t.notOk(isRelease('demo-shop@kubernetescrd', labels));
});
