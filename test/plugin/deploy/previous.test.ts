import t from 'tap';
import { readRecord } from '../../../webhook/policy/index.ts';
import { fakeCluster } from '../fake-cluster.ts';
import { IMAGES, PROMOTED, SHOP, shop } from '../shop.ts';
import { untested } from '../untested.ts';

const BLUE = '/apis/apps/v1/namespaces/demo/deployments/blue';
const NEXT = 'registry.local/shop:1.2';
/** Green replaced blue's 1.0, and a newer version was deployed to blue since. */
const OVERWRITTEN = { ...PROMOTED, 'bluegreen.dev/previous': 'none' };

function objects(annotations: Readonly<Record<string, string>>, image = NEXT): Record<string, object> {
  const text = JSON.stringify(shop({ weights: [0, 100], annotations }));
  const all: Record<string, object> = JSON.parse(text.replaceAll(`"image":"${IMAGES.blue}"`, `"image":"${image}"`));
  return all;
}

/** A record as today's webhook writes it, without any history. */
function withFormer(former: readonly object[]): Record<string, string> {
  const { history: _, ...record } = readRecord(JSON.parse(JSON.stringify({ metadata: { annotations: PROMOTED } })));
  return { ...OVERWRITTEN, 'bluegreen.dev/record': JSON.stringify({ ...record, previous: null, former }) };
}

t.test(
  'a rollback that has nothing to go back to says what was active until when, and what brings it back',
  async (t) => {
    const cluster = await fakeCluster(t, objects(OVERWRITTEN));
    const { code, err } = await cluster.run('rollback shop');
    t.equal(code, 1);
    t.equal(
      err,
      'error: nothing to roll back to: the former color has a newer version by now, so there is nothing to go back to. shop:1.0 was active on blue until 120m ago. To bring it back, deploy it again, then test and promote it: kubectl bluegreen deploy shop -n demo --previous\n',
    );
  },
);

t.test('--previous deploys what was active before, from the record of either webhook', async (t) => {
  const kept = { color: 'blue', revision: 'aaa111', images: ['registry.local/shop:0.9'], since: null, by: null };
  const rows = [
    [OVERWRITTEN, IMAGES.blue],
    [withFormer([{ ...kept, until: '2026-03-01T09:00:00Z' }]), 'registry.local/shop:0.9'],
  ] as const;
  for (const [annotations, image] of rows) {
    const cluster = await fakeCluster(t, objects(annotations));
    const { err } = await cluster.run('deploy shop --previous --timeout 0');
    t.match(err, `deployment.apps/blue gets app=${image.slice('registry.local/'.length)}`);
    t.match(JSON.stringify(cluster.objects.get(BLUE)), image);
  }
});

t.test('a release of it is one command', async (t) => {
  const cluster = await fakeCluster(t, objects(OVERWRITTEN));
  cluster.intercept = untested;
  const { err } = await cluster.run(
    'release shop --previous --path / --url http://127.0.0.1:1 --analyze 0 --timeout 0',
  );
  t.match(
    err,
    'shop:1.0 was active on blue until 120m ago\nStep 1 of 3: deploy\ndeployment.apps/blue gets app=shop:1.0\n',
  );
});

t.test('what the record does not know is asked for', async (t) => {
  const none = await fakeCluster(t, objects({}));
  const unknown = await none.run('deploy shop --previous');
  t.match(unknown.err, 'has no version that was active before: name it with --image');
  const other = await fakeCluster(t, objects(OVERWRITTEN, 'registry.local/other:1"},{"name":"log","image":"log:1'));
  const ambiguous = await other.run('deploy shop --previous');
  t.match(ambiguous.err, 'the record does not say which of the images registry.local/shop:1.0 container app had');
  const both = await none.run('deploy shop --previous --image x:1');
  t.match(both.err, 'error: --image and --previous exclude each other');
  t.equal(none.calls.filter(({ method }) => method === 'PATCH').length, 0);
  t.ok(none.objects.has(SHOP));
});
