import { createServer } from 'node:http';
import t from 'tap';
import { hasMoved, startTraffic, switchFigures } from './traffic.ts';
import type { Sample } from './traffic.ts';
import { listenFor } from '../ports.ts';

t.test('traffic keeps its connections, names the version that answered and counts what failed', async (t) => {
  let answers = 0;
  let connections = 0;
  const server = createServer((_request, response) => {
    answers += 1;
    if (answers === 5) response.writeHead(503).end('busy');
    else if (answers === 9) response.socket?.destroy();
    else response.end(JSON.stringify({ version: answers < 20 ? '6.1.5' : '6.1.6' }));
  }).on('connection', () => (connections += 1));
  const url = `http://127.0.0.1:${await listenFor(t, server)}/`;
  const traffic = startTraffic({ url, host: 'podinfo.localhost', connections: 2, pause: 1 });
  const begun = performance.now();
  await traffic.until((sample) => sample.version === '6.1.6', 5000);
  await traffic.stop();
  t.same(traffic.samples.flatMap(({ failure }) => (failure === null ? [] : [failure])).sort(), [
    'socket hang up',
    'status 503',
  ]);
  t.equal(connections, 3, 'one for each client, and one more for the one that was cut');
  const figures = switchFigures(traffic.samples, begun, '6.1.5', '6.1.6');
  t.ok(figures.firstNew > 0 && figures.lastOld > 0);
  t.equal(figures.failed, 2);
});

function sampleAt(started: number, version: string | null): Sample {
  return {
    started,
    ended: started + 5,
    version,
    failure: version === null ? 'status 503' : null,
  };
}

t.test('traffic has moved when every answer since then is of the new version', async (t) => {
  const samples = [
    sampleAt(10, '6.1.5'),
    sampleAt(20, '6.1.6'),
    sampleAt(30, '6.1.5'),
    sampleAt(40, '6.1.6'),
    sampleAt(50, null),
    sampleAt(60, '6.1.6'),
  ];
  t.notOk(hasMoved(samples, '6.1.6', 15), 'the old one still answered');
  t.ok(hasMoved(samples, '6.1.6', 35), 'a failed request is none of the old one');
  t.notOk(hasMoved(samples, '6.1.5', 35));
  t.notOk(hasMoved(samples, '6.1.6', 60), 'no answer at all shows nothing');
});
