import { parse } from 'yaml';
import t from 'tap';
import { isObject } from '../../../common/json.ts';
import { troubleOf } from '../../../plugin/pods/trouble.ts';

function pod(status: string) {
  const parsed: unknown = parse(status);
  return {
    metadata: { name: 'green-1' },
    spec: { containers: [{ name: 'app', image: 'registry.local/shop:1.1' }] },
    status: isObject(parsed) ? parsed : {},
  };
}
function trouble(status: string) {
  return troubleOf(pod(status));
}

t.test('an image that is not there', async (t) => {
  const found = trouble(`
phase: Pending
containerStatuses:
  - name: app
    image: registry.local/shop:1.1
    state:
      waiting:
        reason: ErrImagePull
        message: 'rpc error: code = NotFound desc = failed to pull and unpack image "registry.local/shop:1.1": failed to resolve reference "registry.local/shop:1.1": registry.local/shop:1.1: not found'
`);
  t.match(found, {
    text: 'ErrImagePull: image registry.local/shop:1.1 cannot be pulled (not found)',
    hopeless: true,
  });
});

t.test('a registry that does not answer may answer later', async (t) => {
  const found = trouble(`
phase: Pending
containerStatuses:
  - name: app
    image: registry.local/shop:1.1
    state:
      waiting:
        reason: ImagePullBackOff
        message: 'Back-off pulling image "registry.local/shop:1.1": ErrImagePull: failed to do request: Head "https://registry.local/v2/": dial tcp: lookup registry.local: no such host'
`);
  t.equal(found?.hopeless, false);
  t.match(found?.text, /^ImagePullBackOff: image registry.local\/shop:1.1 cannot be pulled \(.*no such host\)$/);
});

t.test('a crash loop names the exit code, and where its last words are', async (t) => {
  const found = trouble(`
phase: Running
containerStatuses:
  - name: app
    restartCount: 3
    state: {waiting: {reason: CrashLoopBackOff, message: back-off 40s restarting failed container}}
    lastState: {terminated: {exitCode: 137, reason: OOMKilled}}
`);
  t.strictSame(found, {
    pod: 'green-1',
    text: 'CrashLoopBackOff: container app ended with exit code 137 (OOMKilled), restarted 3 times',
    hopeless: false,
    log: { container: 'app', previous: true },
    unready: false,
  });
});

t.test('a pod that no node takes', async (t) => {
  const found = trouble(`
phase: Pending
conditions:
  - type: PodScheduled
    status: "False"
    reason: Unschedulable
    message: '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.'
`);
  t.equal(found?.text, 'Unschedulable: 0/3 nodes are available: 3 Insufficient cpu');
});

t.test('a container without its Secret', async (t) => {
  const found = trouble(`
phase: Pending
containerStatuses:
  - {name: app, state: {waiting: {reason: CreateContainerConfigError, message: secret "shop" not found}}}
`);
  t.equal(found?.text, 'CreateContainerConfigError: container app: secret "shop" not found');
});

t.test('running and not ready', async (t) => {
  const found = trouble(`
phase: Running
containerStatuses:
  - {name: app, ready: false, state: {running: {startedAt: "2026-03-01T12:00:00Z"}}}
`);
  t.match(found, { text: 'NotReady: container app runs, but does not get ready', unready: true });
});

t.test('an evicted pod', async (t) => {
  const found = trouble(`
phase: Failed
reason: Evicted
message: The node was low on resource memory.
`);
  t.equal(found?.text, 'Evicted: The node was low on resource memory.');
});

t.test('a pod that only needs time', async (t) => {
  t.equal(
    trouble('phase: Pending\ncontainerStatuses: [{name: app, state: {waiting: {reason: ContainerCreating}}}]'),
    null,
  );
  t.equal(trouble('{}'), null);
});
