import t from 'tap';
import { replacesAllAtOnce } from '../../../webhook/policy/index.ts';
import { parseObjects } from '../../yaml.ts';

function all(kind: string, spec: string, status = ''): boolean {
  const [object] = parseObjects(`kind: ${kind}\nspec: {${spec}}\nstatus: {${status}}`);
  if (object === undefined) throw new Error(spec);
  return replacesAllAtOnce(kind, object);
}

t.test('a Deployment, by strategy and number of replicas', async (t) => {
  const rows: readonly (readonly [string, boolean])[] = [
    ['replicas: 3', false],
    ['', false],
    ['replicas: 1', false],
    ['replicas: 3, strategy: {type: Recreate}', true],
    ['replicas: 0, strategy: {type: Recreate}', false],
    ['replicas: 3, paused: true, strategy: {type: Recreate}', false],
    ['replicas: 3, strategy: {rollingUpdate: {maxUnavailable: 3}}', true],
    ['replicas: 3, strategy: {rollingUpdate: {maxUnavailable: 2}}', false],
    ['replicas: 3, strategy: {rollingUpdate: {maxUnavailable: 100%}}', true],
    ['replicas: 3, strategy: {rollingUpdate: {maxUnavailable: 99%}}', false],
    ['strategy: {rollingUpdate: {maxUnavailable: 1}}', true],
    ['strategy: {rollingUpdate: {maxUnavailable: 25%, maxSurge: 0}}', true],
    ['strategy: {rollingUpdate: {maxUnavailable: 25%, maxSurge: 0%}}', true],
    ['strategy: {rollingUpdate: {maxUnavailable: 25%, maxSurge: 1%}}', false],
    ['replicas: 2, strategy: {rollingUpdate: {maxUnavailable: 25%, maxSurge: 0}}', false],
  ];
  for (const [spec, expected] of rows) t.equal(all('Deployment', spec), expected, spec);
  t.equal(all('Rollout', 'strategy: {canary: {}}'), false, 'what has other strategies');
});

t.test('a StatefulSet replaces one pod after the other', async (t) => {
  const rows: readonly (readonly [string, boolean])[] = [
    ['replicas: 1', true],
    ['', true],
    ['replicas: 2', false],
    ['replicas: 0', false],
    ['updateStrategy: {type: OnDelete}', false],
    ['updateStrategy: {rollingUpdate: {partition: 1}}', false],
    ['replicas: 2, updateStrategy: {rollingUpdate: {maxUnavailable: 2}}', true],
    ['replicas: 2, updateStrategy: {rollingUpdate: {maxUnavailable: 51%}}', true],
    ['replicas: 3, updateStrategy: {rollingUpdate: {partition: 2, maxUnavailable: 3}}', false],
  ];
  for (const [spec, expected] of rows) t.equal(all('StatefulSet', spec), expected, spec);
});

t.test('a DaemonSet, by the nodes that it runs on', async (t) => {
  const one = 'desiredNumberScheduled: 1';
  t.equal(all('DaemonSet', '', one), true);
  t.equal(all('DaemonSet', '', 'desiredNumberScheduled: 2'), false);
  t.equal(all('DaemonSet', ''), false, 'none yet');
  t.equal(all('DaemonSet', 'updateStrategy: {type: OnDelete}', one), false);
  t.equal(all('DaemonSet', 'updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}', one), false);
  t.equal(
    all('DaemonSet', 'updateStrategy: {rollingUpdate: {maxUnavailable: 50%}}', 'desiredNumberScheduled: 2'),
    false,
  );
  t.equal(
    all('DaemonSet', 'updateStrategy: {rollingUpdate: {maxUnavailable: 51%}}', 'desiredNumberScheduled: 2'),
    true,
  );
});

t.test('what never replaces a pod by itself', async (t) => {
  for (const kind of ['ReplicaSet', 'ReplicationController']) t.equal(all(kind, 'replicas: 1'), false, kind);
});
