// A watch whose answers a test decides; test/webhook/kube.cluster.test.ts watches a real API server.
import t from 'tap';
import type { Test } from 'tap';
import type { JsonObject } from '../../../common/json.ts';
import { nameOf } from '../../../common/objects.ts';
import { watchChanges } from '../../../webhook/kube/changes.ts';
import { createKubeClient } from '../../../webhook/kube/client.ts';
import { until } from '../../cluster/node/api.ts';
import type { Answer } from '../../api-server.ts';
import { fakeApi } from '../fake-api.ts';

const COLLECTION = '/apis/traefik.io/v1alpha1/traefikservices';

function line(type: string, name: string, resourceVersion: string): string {
  return `${JSON.stringify({ type, object: { metadata: { name, resourceVersion } } })}\n`;
}

/** Watches until the API server was asked so often; the list is at version 7. */
async function watched(t: Test, asked: number, answer: (version: string, watch: number) => Answer) {
  let watches = 0;
  const api = await fakeApi(({ url }) => {
    const query = new URL(url, 'https://fake').searchParams;
    if (query.get('watch') === null) return { status: 200, body: { items: [], metadata: { resourceVersion: '7' } } };
    return answer(query.get('resourceVersion') ?? '', watches++);
  });
  const client = createKubeClient(api.config);
  t.teardown(() => (client.close(), api.close()));
  const stop = new AbortController();
  const names: string[] = [];
  const problems: string[] = [];
  const told = {
    onChange: (object: JsonObject) => void names.push(nameOf(object)),
    onProblem: (reason: string) => void (problems.at(-1) !== reason && problems.push(reason)),
  };
  const ended = watchChanges(client, COLLECTION, told, stop.signal);
  t.ok(await until(() => Promise.resolve(api.calls.length >= asked), 10_000));
  stop.abort();
  await ended;
  const from = api.calls.map(({ url }) => new URL(url, 'https://fake').searchParams.get('resourceVersion'));
  return { names, problems, from };
}

t.test('a watch begins at the version of the list, and goes on at the last one that it saw', async (t) => {
  const { names, problems, from } = await watched(t, 3, (version) => ({
    status: 200,
    body: version === '7' ? line('ADDED', 'a', '8') + line('DELETED', 'b', '9') + line('BOOKMARK', '', '12') : '',
  }));
  t.same(names, ['a', 'b']);
  t.same(from.slice(0, 3), [null, '7', '12']);
  t.same(problems, ['']);
});

t.test('a version that the API server has forgotten is asked for anew', async (t) => {
  const gone = `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, metadata: {} } })}\n`;
  const { names, from } = await watched(t, 4, (_, watch) => ({
    status: 200,
    body: watch === 0 ? gone : line('MODIFIED', 'a', '8'),
  }));
  t.same(from.slice(0, 4), [null, '7', null, '7']);
  t.same(new Set(names), new Set(['a']));
  const expired = await watched(t, 4, (_, watch) =>
    watch === 0 ? { status: 410, body: { kind: 'Status' } } : { status: 200, body: line('MODIFIED', 'a', '8') },
  );
  t.same(expired.from.slice(0, 4), [null, '7', null, '7']);
});

t.test('a missing right is told, and a kind that does not exist is not', async (t) => {
  const forbidden = { status: 403, body: { kind: 'Status', message: 'may not watch' } };
  t.match((await watched(t, 3, () => forbidden)).problems, [
    /^cannot watch \/apis.*: the API server answered 403 \(the service account lacks this right/,
  ]);
  const { problems, names } = await watched(t, 3, () => ({ status: 404, body: { kind: 'Status' } }));
  t.same([problems, names], [[], []]);
});

t.test('half a line waits for its other half', async (t) => {
  const name = 'ü'.repeat(100_000);
  const { names } = await watched(t, 3, (_, watch) => ({
    status: 200,
    body:
      watch === 0 ? line('ADDED', name, '8') + line('ADDED', 'b', '9') + '{"type":"ADDED","object":{"metadata"' : '',
  }));
  t.ok(names.length >= 2);
  t.same([names[0]?.length, names[1]], [100_000, 'b']);
});
