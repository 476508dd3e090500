import t from 'tap';
import { run } from '../run.ts';
import { GOOD } from './manifests.ts';

t.test('a second host on the same colors, of which one is on the other', async (t) => {
  const preview = GOOD.replace('name: shop,', 'name: preview,').replace('      - {name: shop-blue, port: 80}\n', '');
  const services =
    'apiVersion: v1\nkind: Service\nmetadata: {name: shop-blue, namespace: demo}\nspec: {ports: [{port: 80}]}\n';
  const both = await run('lint -f /d', {
    files: { '/d/shop.yaml': GOOD, '/d/preview.yaml': preview, '/d/services.yaml': services },
  });
  t.match(both, {
    code: 0,
    out: 'shop.yaml:8:7: warning shared-color: demo/shop: TraefikService preview sends requests to shop-green',
  });
  t.match(both.out, 'warning shared-color: demo/preview: TraefikService shop sends requests to shop-blue');
  const twins = GOOD.replace('name: shop,', 'name: www,');
  const same = await run('lint -f /d', { files: { '/d/shop.yaml': GOOD, '/d/www.yaml': twins } });
  t.notMatch(same.out, 'shared-color', 'weights that both leave out are filled in alike');
});

function route(name: string, services: string, namespace = 'demo', group = 'traefik.io'): string {
  return `---
apiVersion: ${group}/v1alpha1
kind: IngressRoute
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  routes:
    - kind: Rule
      match: Host(\`x.test\`)
      services: [${services}]
`;
}

t.test('IngressRoutes past the TraefikService, of both groups in one stream', async (t) => {
  const both = '{name: shop-blue, port: 80, weight: 9}, {name: shop-green, port: 80, weight: 1}';
  const stdin = [
    GOOD,
    GOOD.replace('traefik.io', 'traefik.containo.us').replace('namespace: demo', 'namespace: old'),
    route('good', '{name: shop, kind: TraefikService}'),
    route('split', both),
    route('old-split', both, 'old', 'traefik.containo.us'),
    route('preview', '{name: shop-green, port: 80}'),
    route('elsewhere', '{name: shop-green, port: 80}', 'other'),
    route('same-names', '{name: shop-blue, kind: TraefikService}, {name: shop-green, kind: TraefikService}'),
  ].join('---\n');
  const { code, out, err } = await run('lint -f -', { stdin });
  t.equal(code, 1);
  t.match(err, '2 blue-green TraefikServices and 6 IngressRoutes checked: 2 errors, 1 warning.');
  t.match(out, /^-:\d+:17: error inline-weights: demo\/split: this IngressRoute splits traffic over shop-blue/m);
  t.match(out, /error inline-weights: old\/old-split: /);
  t.match(out, /warning inline-weights: demo\/preview: this IngressRoute points at shop-green directly/);
  const sarif = (await run('lint -f - -o sarif', { stdin })).out;
  t.match(
    sarif,
    'An IngressRoute, IngressRouteTCP, IngressRouteUDP or HTTPRoute does not split traffic over the two colors',
  );
});

t.test('an IngressRoute where kind: TraefikService was forgotten', async (t) => {
  const route = `apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {name: shop, namespace: demo}
spec:
  routes:
    - {match: Host(\`shop.test\`), kind: Rule, services: [{name: shop, port: 80}, {name: elsewhere, port: 80}]}
`;
  const { code, out } = await run('lint /d', { files: { '/d/a.yaml': GOOD, '/d/b.yaml': route } });
  t.equal(code, 0);
  t.match(
    out,
    '/d/b.yaml:6:5: warning forgotten-kind: demo/shop: it names Service shop, which does not exist; a TraefikService shop does. Write kind: TraefikService',
  );
  t.notMatch(out, 'elsewhere', 'that may be in the cluster');
  const right = route.replace(
    '{name: shop, port: 80}, {name: elsewhere, port: 80}',
    '{name: shop, kind: TraefikService}',
  );
  t.equal((await run('lint /d', { files: { '/d/a.yaml': GOOD, '/d/b.yaml': right } })).out, '');
});
