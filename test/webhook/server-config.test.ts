import t from 'tap';
import { ConfigError, readConfig } from '../../webhook/config.ts';
import { parseDuration } from '../../webhook/duration.ts';
import { CHECK_MS, keepTrusted } from '../../webhook/trust.ts';
import { recordingLog } from './parts.ts';

t.test('a namespace is all that has to be given', (t) => {
  t.same(readConfig({ BLUEGREEN_NAMESPACE: 'guard', BLUEGREEN_PORT: '', BLUEGREEN_POD: 'guard-1' }), {
    namespace: 'guard',
    service: 'bluegreen-webhook',
    port: 10250,
    caSecret: 'bluegreen-webhook-ca',
    mutatingConfiguration: 'bluegreen',
    validatingConfiguration: 'bluegreen',
    clusterDomain: 'cluster.local',
    caLifetimeMs: 87_600 * 3_600_000,
    leafLifetimeMs: 720 * 3_600_000,
    drainSeconds: 20,
    allowEmptyServices: false,
    requireFullCapacity: false,
    requirePromoteVerb: false,
    docs: 'docs/checks.md',
    mode: 'enforce',
    excludedNamespaces: [],
    auditIntervalMs: 300_000,
    auditLease: 'bluegreen-audit',
    pod: 'guard-1',
    events: true,
    logLevel: 'info',
  });
  t.end();
});

t.test('every mistake is named at once, with the variable and what it must be', (t) => {
  const env = {
    BLUEGREEN_SERVICE: 'Not A Name',
    BLUEGREEN_PORT: '70000',
    BLUEGREEN_DRAIN_SECONDS: 'soon',
    BLUEGREEN_ALLOW_EMPTY_SERVICES: 'yes',
    BLUEGREEN_LOG_LEVEL: 'loud',
    BLUEGREEN_MODE: 'enforced',
    BLUEGREEN_AUDIT_INTERVAL: '5',
    BLUEGREEN_CA_LIFETIME: '10',
    BLUEGREEN_LEAF_LIFETIME: '1s',
  };
  try {
    readConfig(env);
    t.fail('accepted');
  } catch (error) {
    t.ok(error instanceof ConfigError);
    const message = error instanceof Error ? error.message : '';
    for (const name of ['BLUEGREEN_NAMESPACE', ...Object.keys(env)]) t.match(message, name);
    t.match(message, 'BLUEGREEN_LOG_LEVEL is "loud": it must be one of error, warn, info, debug');
  }
  t.throws(
    () => readConfig({ BLUEGREEN_NAMESPACE: 'x', BLUEGREEN_CA_LIFETIME: '1h', BLUEGREEN_LEAF_LIFETIME: '2h' }),
    /outlive/,
  );
  t.end();
});

t.test('an interval of 0 turns audits off, and excluded namespaces are a list', (t) => {
  const given = { BLUEGREEN_NAMESPACE: 'x', BLUEGREEN_AUDIT_INTERVAL: '0', BLUEGREEN_EXCLUDED_NAMESPACES: 'a, b,' };
  const { auditIntervalMs, excludedNamespaces } = readConfig(given);
  t.equal(auditIntervalMs, 0);
  t.same(excludedNamespaces, ['a', 'b']);
  t.end();
});

t.test('durations are Go durations', (t) => {
  t.equal(parseDuration('720h'), 720 * 3_600_000);
  t.equal(parseDuration('1h30m'), 5_400_000);
  t.equal(parseDuration('1.5s'), 1500);
  t.equal(parseDuration('250ms'), 250);
  for (const wrong of ['', '10', '-1h', '1d', '1 h', 'h', '1..5s']) t.equal(parseDuration(wrong), null, wrong);
  t.end();
});

t.test('trust is looked after for ever: quick tries at first, one line per change', async (t) => {
  const stop = new AbortController();
  const log = recordingLog();
  const waits: number[] = [];
  let round = 0;
  const source = {
    sync: () => (++round <= 2 ? Promise.reject(new Error('unreachable')) : Promise.resolve()),
    status: () => (round < 5 ? { ready: false, reason: 'no configuration' } : { ready: true, reason: '' }),
  };
  await keepTrusted(source, log, stop.signal, (milliseconds) => {
    waits.push(milliseconds);
    if (round === 6) stop.abort();
    return Promise.resolve();
  });
  t.same(waits, [250, 500, 1000, 2000, CHECK_MS, CHECK_MS]);
  t.same(
    log.lines.map(({ level, fields }) => [level, 'reason' in fields ? fields.reason : null]),
    [
      ['warn', 'unreachable'],
      ['warn', 'no configuration'],
      ['info', null],
    ],
  );
});
