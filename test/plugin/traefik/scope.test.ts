import t from 'tap';
import { optionsOf } from '../../../plugin/traefik/options.ts';
import { canServe } from '../../../plugin/traefik/scope.ts';

const OBJECT = { metadata: { labels: { team: 'Web', 'app.kubernetes.io/part-of': 'shop' } } };

function serves(...args: readonly string[]): boolean {
  const options = optionsOf({ spec: { containers: [{ args: [...args] }] } });
  return canServe(options, { namespace: 'demo', object: OBJECT });
}
const CRD = '--providers.kubernetescrd';

t.test('by its arguments, a Traefik can have a TraefikService or not', async (t) => {
  t.ok(serves(), 'arguments that tell nothing');
  t.ok(serves('--configfile=/etc/traefik.yaml'));
  t.ok(serves(CRD));
  t.ok(serves(`${CRD}=true`, '--providers.kubernetesingress'));
  t.notOk(serves('--providers.kubernetesingress'), 'it reads no custom resources');
  t.ok(serves('--providers.providersthrottleduration=0s'));
  t.ok(serves(CRD, `${CRD}.namespaces=other,demo`));
  t.notOk(serves(CRD, `${CRD}.namespaces=other,demo-2`));
  t.ok(serves(CRD, `${CRD}.ingressclass=internal`), 'a class is of routes');
});

t.test('a label selector', async (t) => {
  for (const selector of [
    'team=Web',
    'team==Web,app.kubernetes.io/part-of=shop',
    'team',
    '!region',
    'team!=api',
    'team in (api, Web)',
    'region notin (eu)',
    'team in (Web),app.kubernetes.io/part-of in (shop,cart)',
  ])
    t.ok(serves(CRD, `${CRD}.labelselector=${selector}`), selector);
  for (const selector of [
    'team=api',
    'region',
    '!team',
    'team!=Web',
    'team in (api)',
    'team notin (Web)',
    'team=Web,region=eu',
  ])
    t.notOk(serves(CRD, `${CRD}.labelselector=${selector}`), selector);
});
