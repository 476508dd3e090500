import t from 'tap';
import { distrusted, failedOtherwise, late } from './failed-calls.ts';

/** An API server whose webhook could not be called for these reasons. */
function apiServer(...reasons: readonly string[]) {
  const lines = reasons.map(
    (reason) =>
      `W1129 17:03:01.000000 1 dispatcher.go:225] Failed calling webhook, failing closed promotion.bluegreen.dev: failed calling webhook "promotion.bluegreen.dev": failed to call webhook: Post "https://bluegreen.bluegreen-system.svc:443/promotion/enforce?timeout=3s": ${reason}`,
  );
  const log = ['I1129 17:03:00.000000 1 trace.go:236] "Call mutating webhook"', ...lines].join('\n');
  return { log: () => log };
}

const DEADLINE = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
const UNKNOWN = 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
const CLOSED = 'dial tcp 10.100.4.20:443: connect: connection refused';

t.test('a call that missed its deadline is late, and nothing else', async (t) => {
  const cluster = apiServer(DEADLINE, 'net/http: TLS handshake timeout', 'dial tcp 10.100.4.20:443: i/o timeout');
  t.equal(late(cluster), 3);
  t.equal(late(cluster, 'mutate.bluegreen.dev'), 0, 'of another webhook');
  t.equal(distrusted(cluster), 0);
  t.strictSame(failedOtherwise(cluster), []);
});

t.test('the time limit in the URL of a call does not make it late', async (t) => {
  const cluster = apiServer(UNKNOWN, CLOSED);
  t.equal(late(cluster), 0);
  t.equal(distrusted(cluster), 1);
  t.equal(failedOtherwise(cluster).length, 2);
});
