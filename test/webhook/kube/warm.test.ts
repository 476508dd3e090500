import t from 'tap';
import { createKubeClient } from '../../../webhook/kube/client.ts';
import { keepWarm } from '../../../webhook/kube/warm.ts';
import { fakeApi } from '../fake-api.ts';

t.test('connections stay open through silence, and what fails is tried again', async (t) => {
  let fails = false;
  const api = await fakeApi(() => (fails ? { status: 500, body: {} } : { status: 200, body: {} }));
  const client = createKubeClient(api.config);
  t.teardown(() => (client.close(), api.close()));
  const stop = new AbortController();
  const asked: number[] = [];
  const waits: number[] = [];
  await keepWarm(client, stop.signal, {
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      asked.push(api.calls.length);
      fails = waits.length === 2;
      if (waits.length === 4) stop.abort();
    },
  });
  t.same(asked, [0, 4, 8, 12]);
  t.equal(api.connections(), 4, 'the same ones each time');
  t.ok(
    waits.every((each) => each < 60_000),
    'before the client closes them',
  );
  t.equal(api.calls[0]?.url, '/version');
});

t.test('an end during the wait ends it', async (t) => {
  const stop = new AbortController();
  let asked = 0;
  const warm = keepWarm({ get: () => Promise.reject(new Error(`asked ${++asked} times`)) }, stop.signal);
  stop.abort();
  await warm;
  t.equal(asked, 0, 'nothing is asked');
});
