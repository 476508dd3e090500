import t from 'tap';
import type { JsonObject } from '../../../common/json.ts';
import { comparePods } from '../../../plugin/analysis/pods.ts';
import type { PodMemory } from '../../../plugin/analysis/pods.ts';

interface PodOptions {
  readonly ready?: boolean;
  readonly restarts?: number;
  readonly state?: JsonObject;
  readonly lastState?: JsonObject;
  readonly deleted?: boolean;
}

function pod(
  name: string,
  { ready = true, restarts = 0, state = {}, lastState = {}, deleted = false }: PodOptions = {},
): JsonObject {
  return {
    metadata: { name, ...(deleted ? { deletionTimestamp: '2026-03-01T12:00:00Z' } : {}) },
    status: {
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [{ name: 'app', restartCount: restarts, state, lastState }],
    },
  };
}
const NEW: PodMemory = new Map();
function look(memory: PodMemory, pods: readonly JsonObject[], at = 0, readyEndpoints = 1) {
  return comparePods(memory, { pods, readyEndpoints }, at);
}

t.test('a container that ends is a crash, with how it ended; restarts from before the switch are not', async (t) => {
  const first = look(NEW, [pod('a', { restarts: 3 })]);
  t.strictSame(first.podProblems, []);
  const crashed = pod('a', { ready: false, restarts: 3, state: { terminated: { exitCode: 1, reason: 'Error' } } });
  t.match(look(first.memory, [crashed]).podProblems, [{ kind: 'crashed', pod: 'a', restarts: 0, end: 'exit code 1' }]);
  const again = pod('a', { restarts: 4, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } });
  t.match(look(first.memory, [again]).podProblems, [
    { kind: 'crashed', restarts: 1, end: 'OOMKilled (exit code 137)' },
  ]);
});

t.test('a pod that came later and restarts is a crash', async (t) => {
  const first = look(NEW, [pod('a')]);
  t.match(look(first.memory, [pod('a'), pod('b', { ready: false, restarts: 1 })]).podProblems, [
    { kind: 'crashed', pod: 'b' },
  ]);
});

t.test('a pod that is not ready any more counts after three seconds; one that never was does not', async (t) => {
  const first = look(NEW, [pod('a'), pod('b', { ready: false })], 0);
  const second = look(first.memory, [pod('a', { ready: false }), pod('b', { ready: false })], 1000);
  t.strictSame(second.podProblems, []);
  const third = look(second.memory, [pod('a', { ready: false }), pod('b', { ready: false })], 4000);
  t.strictSame(third.podProblems, [{ kind: 'unready', pod: 'a', for: 3000 }]);
  const back = look(second.memory, [pod('a')], 4000);
  t.strictSame(back.podProblems, []);
  t.strictSame(look(back.memory, [pod('a', { ready: false })], 5000).podProblems, [], 'the time begins anew');
});

t.test('a pod that is deleted is let go', async (t) => {
  const first = look(NEW, [pod('a'), pod('b')]);
  const gone = look(
    first.memory,
    [pod('a'), pod('b', { ready: false, deleted: true, state: { terminated: { exitCode: 143 } } })],
    9000,
  );
  t.strictSame(gone.podProblems, []);
  t.strictSame(look(gone.memory, [pod('a')], 20_000).podProblems, []);
});

t.test('no ready endpoint', async (t) => {
  t.strictSame(look(NEW, [], 0, 0).podProblems, [{ kind: 'no endpoint' }]);
});
