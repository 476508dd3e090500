import t from 'tap';
import type { Test } from 'tap';
import { fakeCluster, status } from '../fake-cluster.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import { shop, TESTED } from '../shop.ts';

const CONFIGURATION = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/bluegreen';
const SLICE = '/apis/discovery.k8s.io/v1/namespaces/bluegreen/endpointslices/bluegreen-x';
const NAMESPACE = '/api/v1/namespaces/demo';

/** The chart's mutating webhooks, as the chart renders them for a default mode. */
function configuration(fallback: string) {
  const modes = ['enforce', 'warn', 'audit'];
  const excluded = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'bluegreen'] };
  return {
    webhooks: modes.map((mode) => ({
      name: `mutate${mode === 'enforce' ? '' : `-${mode}`}.bluegreen.dev`,
      clientConfig: { service: { name: 'bluegreen', namespace: 'bluegreen', path: `/mutate/${mode}` } },
      namespaceSelector: {
        matchExpressions: [
          excluded,
          mode === fallback
            ? {
                key: 'bluegreen.dev/mode',
                operator: 'NotIn',
                values: [...modes, 'off'].filter((each) => each !== mode),
              }
            : { key: 'bluegreen.dev/mode', operator: 'In', values: [mode] },
        ],
      },
    })),
  };
}
function slice(ready: boolean) {
  const conditions = { ready, serving: ready, terminating: false };
  return { metadata: { labels: { 'kubernetes.io/service-name': 'bluegreen' } }, endpoints: [{ conditions }] };
}

interface Place {
  readonly mode?: string;
  readonly fallback?: string;
  readonly installed?: boolean;
  readonly ready?: boolean;
  readonly name?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

async function place(t: Test, { mode, fallback, installed, ready, name, annotations }: Place): Promise<FakeCluster> {
  const labels = {
    'kubernetes.io/metadata.name': name ?? 'demo',
    ...(mode === undefined ? {} : { 'bluegreen.dev/mode': mode }),
  };
  return fakeCluster(t, {
    ...shop({ annotations: annotations ?? { 'bluegreen.dev/smoke-test': 'passed:1.1' } }),
    [NAMESPACE]: { metadata: { labels } },
    ...(installed === false ? {} : { [CONFIGURATION]: configuration(fallback ?? 'enforce') }),
    [SLICE]: slice(ready ?? true),
  });
}

const GUARD = "Guard it with 'kubectl label namespace demo --overwrite bluegreen.dev/mode=enforce'";
const CASES = [
  {
    place: { mode: 'off' },
    says: `namespace demo has the mode off (label bluegreen.dev/mode). ${GUARD}`,
  },
  { place: { fallback: 'off' }, says: `namespace demo has the mode off (the chart's value mode). ${GUARD}` },
  {
    place: { name: 'kube-system' },
    says: "the chart's value excludedNamespaces has namespace demo. Remove it from that value",
  },
  {
    place: { installed: false },
    says: 'bluegreen is not installed in this cluster. Install its chart (https://bluegreen.dev/docs/first-day.md)',
  },
  {
    place: { ready: false },
    says: "no replica of the webhook is ready (Service bluegreen in namespace bluegreen). Look at its pods with 'kubectl get pods -n bluegreen'",
  },
] as const;

for (const { place: where, says } of CASES)
  t.test(`no smoke test can be recorded: ${says.slice(0, 60)}`, async (t) => {
    const cluster = await place(t, where);
    const said =
      `smoke-test: green has no recorded smoke test of what it runs, and none can be recorded: ${says}, ` +
      'then run: kubectl bluegreen smoke shop -n demo\n';
    const promoted = await cluster.run(['promote', 'shop']);
    t.equal(promoted.code, 1);
    t.match(promoted.err, `Nothing was changed:\n  - ${said}`);
    const { out } = await cluster.run(['status', 'shop']);
    t.match(out, `            - ${said}`);
    t.notMatch(out + promoted.err, 'kubectl annotate');
  });

for (const mode of ['enforce', 'warn', 'audit', 'nonsense', undefined])
  t.test(`where a webhook looks (mode ${mode}), the advice is to attest`, async (t) => {
    const cluster = await place(t, mode === undefined ? {} : { mode });
    t.match((await cluster.run(['promote', 'shop'])).err, 'Test it: kubectl bluegreen smoke');
  });

t.test('what may not be read decides nothing', async (t) => {
  const cluster = await place(t, { ready: false });
  cluster.intercept = ({ url }) =>
    /admissionregistration|namespaces\/(?:demo$|bluegreen\/)/.test(url)
      ? status(403, 'Forbidden', 'you may not')
      : null;
  t.match((await cluster.run(['promote', 'shop'])).err, 'Test it: kubectl bluegreen smoke');
});

t.test('the label off is enough where the configurations may not be read', async (t) => {
  const cluster = await place(t, { mode: 'off' });
  cluster.intercept = ({ url }) =>
    url.includes('admissionregistration') ? status(403, 'Forbidden', 'you may not') : null;
  t.match((await cluster.run(['promote', 'shop'])).err, 'namespace demo has the mode off (label bluegreen.dev/mode)');
});

t.test('a switch that was not recorded tells why', async (t) => {
  const cluster = await place(t, { mode: 'off', annotations: TESTED });
  t.match(
    (await cluster.run(['promote', 'shop'])).err,
    `has no color to go back to: namespace demo has the mode off (label bluegreen.dev/mode). ${GUARD}\n`,
  );
});
