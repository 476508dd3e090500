// What keeps the webhook reachable, as the chart renders it, without a cluster.
import t from 'tap';
import { at, get, list } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { render, template } from './chart.ts';

function only(objects: readonly JsonObject[], kind: string): JsonObject | undefined {
  return objects.find((object) => object['kind'] === kind);
}
async function spec(kind: string, ...values: readonly string[]): Promise<unknown> {
  return at(only(await render(values), kind), 'spec');
}
async function pod(...values: readonly string[]): Promise<unknown> {
  return at(await spec('Deployment', ...values), 'template', 'spec');
}
async function container(...values: readonly string[]): Promise<unknown> {
  return list(get(await pod(...values), 'containers'))[0];
}

/** The labels that every selector has to find. */
const SELECTED = {
  'app.kubernetes.io/name': 'bluegreen',
  'app.kubernetes.io/instance': 'bluegreen',
  'app.kubernetes.io/component': 'webhook',
};

t.test('pods share the network of their nodes only if told so, and one goes before the next comes', async (t) => {
  t.equal(get(await pod(), 'hostNetwork'), undefined);
  t.match(at(await spec('Deployment'), 'strategy', 'rollingUpdate'), { maxSurge: 1, maxUnavailable: 0 });
  const values = ['hostNetwork=true', 'port=10260'];
  t.match(await pod(...values), { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' });
  t.match(at(await spec('Deployment', ...values), 'strategy', 'rollingUpdate'), { maxSurge: 0, maxUnavailable: 1 });
  t.match(await container(...values), { ports: [{ containerPort: 10_260 }] });
  const { code, stderr } = await template(['hostNetwork=true']);
  t.not(code, 0);
  t.match(stderr, /hostNetwork needs a port that is free on the nodes, and 10250 is the kubelet's: set for example/);
});

t.test('the Service has the address families of the cluster, or those it is given', async (t) => {
  const plain = await spec('Service');
  t.equal(get(plain, 'ipFamilyPolicy'), undefined);
  t.equal(get(plain, 'ipFamilies'), undefined);
  const dual = await spec('Service', 'service.ipFamilyPolicy=PreferDualStack', 'service.ipFamilies={IPv6,IPv4}');
  t.match(dual, { ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv6', 'IPv4'] });
});

t.test('a NetworkPolicy leaves open the port alone, to everybody or to whom it is given', async (t) => {
  t.equal(await spec('NetworkPolicy'), undefined);
  const open = await spec('NetworkPolicy', 'networkPolicy.enabled=true', 'port=9443');
  t.same(open, {
    podSelector: { matchLabels: SELECTED },
    policyTypes: ['Ingress'],
    ingress: [{ ports: [{ protocol: 'TCP', port: 9443 }] }],
  });
  const from = ['networkPolicy.enabled=true', 'networkPolicy.from[0].ipBlock.cidr=192.0.2.0/28'];
  const narrow = await spec('NetworkPolicy', ...from);
  t.match(list(get(narrow, 'ingress'))[0], {
    from: [{ ipBlock: { cidr: '192.0.2.0/28' } }, { podSelector: { matchLabels: SELECTED } }],
  });
});

t.test('a drain takes one replica at a time, and never waits for one that is not healthy', async (t) => {
  t.same(await spec('PodDisruptionBudget', 'replicaCount=3'), {
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
    selector: { matchLabels: SELECTED },
  });
  t.equal(await spec('PodDisruptionBudget', 'podDisruptionBudget.enabled=false'), undefined);
});

t.test('replicas spread over nodes and zones, unless told otherwise', async (t) => {
  const spread = await pod();
  t.match(at(spread, 'affinity', 'podAntiAffinity', 'preferredDuringSchedulingIgnoredDuringExecution'), [
    { podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: SELECTED } } },
  ]);
  t.match(get(spread, 'topologySpreadConstraints'), [
    { topologyKey: 'topology.kubernetes.io/zone', labelSelector: { matchLabels: SELECTED } },
  ]);
  const told = await pod(
    'topologySpreadConstraints[0].topologyKey=rack',
    'topologySpreadConstraints[0].maxSkew=1',
    'topologySpreadConstraints[0].whenUnsatisfiable=DoNotSchedule',
    'affinity.nodeAffinity.x=y',
  );
  t.same(get(told, 'topologySpreadConstraints'), [
    { topologyKey: 'rack', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' },
  ]);
  t.same(get(told, 'affinity'), { nodeAffinity: { x: 'y' } });
});

t.test('priority, and resources without a limit of the CPU', async (t) => {
  t.equal(get(await pod(), 'priorityClassName'), undefined);
  t.equal(get(await pod('priorityClassName=system-cluster-critical'), 'priorityClassName'), 'system-cluster-critical');
  const limits = at(await container(), 'resources', 'limits');
  t.type(get(limits, 'memory'), 'string');
  t.equal(get(limits, 'cpu'), undefined);
});

t.test('wrong values are denied by name', async (t) => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['service.ipFamilyPolicy=Dual', /'\/service\/ipFamilyPolicy'/],
    ['service.ipFamilies={IPv5}', /'\/service\/ipFamilies\/0'/],
    ['networkPolicy.from[0].cidr=10.0.0.0/8', /'\/networkPolicy\/from\/0'/],
    ['networkPolicy.from[0].ipBlock.cidr=10.0.0.1', /'\/networkPolicy\/from\/0\/ipBlock\/cidr'/],
    ['hostNetwork=yes', /'\/hostNetwork': got string, want boolean/],
  ];
  for (const [value, message] of wrong) {
    const { code, stderr } = await template([value]);
    t.not(code, 0, value);
    t.match(stderr, message);
  }
});
