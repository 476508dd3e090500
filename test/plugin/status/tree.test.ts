import t from 'tap';
import type { Test } from 'tap';
import { fakeCluster, status } from '../fake-cluster.ts';
import type { FakeCluster } from '../fake-cluster.ts';
import { shop } from '../shop.ts';

const PODS = '/api/v1/namespaces/demo/pods';

function world(t: Test, replicas = { blue: 2, green: 2 }): Promise<FakeCluster> {
  return fakeCluster(t, shop({ replicas }));
}

function change(cluster: FakeCluster, name: string, change: { metadata?: object; status?: object }): void {
  const object = cluster.objects.get(`${PODS}/${name}`);
  if (object === undefined) throw new Error(`no pod ${name}`);
  cluster.put(`${PODS}/${name}`, {
    ...object,
    ...change,
    metadata: { ...object.metadata, ...change.metadata },
  });
}

async function tree(cluster: FakeCluster, line = 'status shop'): Promise<string> {
  const { out } = await cluster.run(line);
  return out.slice(out.indexOf('POD  '), out.indexOf('\nPromote:'));
}

t.test('status shows the pods of both colors', async (t) => {
  const cluster = await world(t);
  t.equal(
    await tree(cluster),
    `POD                 READY   STATUS    RESTARTS   AGE
blue
├─ blue-aaa111-0    1/1     Running   0          120m
└─ blue-aaa111-1    1/1     Running   0          120m
green
├─ green-bbb222-0   1/1     Running   0          120m
└─ green-bbb222-1   1/1     Running   0          120m
`,
  );
  const asked = cluster.calls.filter(({ url }) => url.includes('/pods')).length;
  t.equal(asked, 2, 'pods are read once, and those of Traefik');
});

t.test('why a pod is not ready is below it', async (t) => {
  const cluster = await world(t);
  const waiting = { reason: 'ErrImagePull', message: 'failed to resolve reference "shop:2": not found' };
  for (const name of ['green-bbb222-0', 'green-bbb222-1'])
    change(cluster, name, {
      status: {
        phase: 'Pending',
        containerStatuses: [{ name: 'app', image: 'shop:2', ready: false, restartCount: 0, state: { waiting } }],
      },
    });
  change(cluster, 'blue-aaa111-1', {
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          name: 'app',
          ready: false,
          restartCount: 7,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
        },
      ],
    },
  });
  cluster.intercept = ({ url }) => (url.includes('/log') ? { status: 200, body: 'out of memory\n' } : null);
  const shown = await tree(cluster);
  t.match(
    shown,
    /├─ blue-aaa111-1 +0\/1 +CrashLoopBackOff +7 +120m\n└─ CrashLoopBackOff: container app ended with exit/,
  );
  t.match(shown, 'exit code 137 (OOMKilled), restarted 7 times, last line: out of memory\n');
  t.match(
    shown,
    /├─ green-bbb222-1 +0\/1 +ErrImagePull +0 +120m\n└─ ErrImagePull: image shop:2 cannot .* \(2 pods\)\n/,
  );
  const json: unknown = JSON.parse((await cluster.run('status shop -o json')).out);
  t.match(json, {
    colors: [
      {
        pods: [
          { name: 'blue-aaa111-0', ready: true },
          { status: 'CrashLoopBackOff', restarts: 7 },
        ],
      },
      { podReasons: [/^ErrImagePull: /] },
    ],
  });
});

t.test('pods that do not come, and pods that go', async (t) => {
  const cluster = await world(t);
  cluster.objects.delete(`${PODS}/green-bbb222-1`);
  const set = '/apis/apps/v1/namespaces/demo/replicasets/green-bbb222';
  const owner = cluster.objects.get(set);
  if (owner === undefined) throw new Error('no ReplicaSet');
  cluster.put(set, { ...owner, metadata: { ...owner.metadata, uid: 'u-1' }, status: { replicas: 1 } });
  cluster.put('/api/v1/namespaces/demo/events/one', {
    involvedObject: { uid: 'u-1' },
    reason: 'FailedCreate',
    message: 'Error creating: pods "green-x" is forbidden: exceeded quota: pods, used: pods=3, limited: pods=3',
    lastTimestamp: '2026-03-01T11:59:00Z',
  });
  change(cluster, 'blue-aaa111-1', { metadata: { deletionTimestamp: '2026-03-01T11:59:00Z' } });
  const shown = await tree(cluster);
  t.match(shown, '└─ FailedCreate: exceeded quota: pods, used: pods=3, limited: pods=3\n');
  t.match(shown, /blue-aaa111-1 +1\/1 +Terminating/);
});

t.test('of many ready pods some are shown, with -o wide all of them', async (t) => {
  const cluster = await world(t, { blue: 9, green: 0 });
  const shown = await tree(cluster);
  t.match(shown, /├─ blue-aaa111-4 .*\n└─ 4 more, all of them ready\n/);
  t.notMatch(shown, 'green', 'a color without pods has no branch');
  t.match(await tree(cluster, 'status shop -o wide'), /RESTARTS +NODE +AGE[^]*└─ blue-aaa111-8/);
});

t.test('pods that may not be read leave the tree out', async (t) => {
  const cluster = await world(t);
  cluster.intercept = ({ url }) => (url.includes('/pods') ? status(403, 'Forbidden', 'pods is forbidden') : null);
  const { code, out } = await cluster.run('status shop');
  t.equal(code, 0);
  t.notMatch(out, 'POD ');
  t.match(out, 'Not read:   ');
});
