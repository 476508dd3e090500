import t from 'tap';
import { ConfigError, readConfig } from '../../webhook/config.ts';
import { parseDuration } from '../../common/duration.ts';
import { createHints, keepTrusted } from '../../webhook/certificates/sync-loop.ts';
import { recordingLog } from './recording-log.ts';

t.test('a namespace is all that has to be given', async (t) => {
  t.same(readConfig({ BLUEGREEN_NAMESPACE: 'guard', BLUEGREEN_PORT: '', BLUEGREEN_POD: 'guard-1' }), {
    namespace: 'guard',
    service: 'bluegreen-webhook',
    port: 10250,
    probePort: 10261,
    caSecret: 'bluegreen-webhook-ca',
    mutatingConfiguration: 'bluegreen',
    validatingConfiguration: 'bluegreen',
    clusterDomain: 'cluster.local',
    certificates: 'self',
    certificateFolder: '/etc/bluegreen/certificate',
    caBundles: 'from-secret',
    trustDelayMs: 60_000,
    caLifetimeMs: 87_600 * 3_600_000,
    leafLifetimeMs: 720 * 3_600_000,
    client: null,
    drainSeconds: 20,
    allowEmptyServices: false,
    allowExternalNameServices: false,
    allowCrossNamespace: false,
    nativeLBByDefault: false,
    crossProviders: [],
    crossProviderNamespaces: [],
    ingressClass: '',
    labelSelector: '',
    watchedNamespaces: [],
    requireFullCapacity: false,
    requirePromoteVerb: false,
    docsUrl: 'https://bluegreen.dev/docs',
    mode: 'enforce',
    excludedNamespaces: [],
    auditIntervalMs: 300_000,
    auditLease: 'bluegreen-audit',
    pod: 'guard-1',
    events: true,
    fillsWeights: false,
    logLevel: 'info',
  });
});

t.test('every mistake is named at once, with the variable and what it must be', async (t) => {
  const env = {
    BLUEGREEN_SERVICE: 'Not A Name',
    BLUEGREEN_PORT: '70000',
    BLUEGREEN_DRAIN_SECONDS: 'soon',
    BLUEGREEN_ALLOW_EMPTY_SERVICES: 'yes',
    BLUEGREEN_LOG_LEVEL: 'loud',
    BLUEGREEN_CLIENT_CA: 'rubbish',
    BLUEGREEN_MODE: 'enforced',
    BLUEGREEN_AUDIT_INTERVAL: '5',
    BLUEGREEN_CERTIFICATES: 'mine',
    BLUEGREEN_CA_BUNDLES: 'nobody',
    BLUEGREEN_TRUST_DELAY: '10ms',
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
  t.throws(
    () => readConfig({ BLUEGREEN_NAMESPACE: 'x', BLUEGREEN_CA_LIFETIME: '60s', BLUEGREEN_LEAF_LIFETIME: '30s' }),
    /BLUEGREEN_TRUST_DELAY is longer than a sixth/,
  );
});

t.test('an interval of 0 turns audits off, and excluded namespaces are a list', async (t) => {
  const given = { BLUEGREEN_NAMESPACE: 'x', BLUEGREEN_AUDIT_INTERVAL: '0', BLUEGREEN_EXCLUDED_NAMESPACES: 'a, b,' };
  const { auditIntervalMs, excludedNamespaces } = readConfig(given);
  t.equal(auditIntervalMs, 0);
  t.same(excludedNamespaces, ['a', 'b']);
});

t.test('durations are Go durations', async (t) => {
  t.equal(parseDuration('720h'), 720 * 3_600_000);
  t.equal(parseDuration('1h30m'), 5_400_000);
  t.equal(parseDuration('1.5s'), 1500);
  t.equal(parseDuration('250ms'), 250);
  for (const wrong of ['', '10', '-1h', '1d', '1 h', 'h', '1..5s']) t.equal(parseDuration(wrong), null, wrong);
});

t.test('trust is looked after for ever: quick tries at first, one line per change', async (t) => {
  const stop = new AbortController();
  const log = recordingLog();
  const waits: number[] = [];
  let round = 0;
  const source = {
    sync: () => (++round <= 2 ? Promise.reject(new Error('unreachable')) : Promise.resolve(7000)),
    status: () => (round < 5 ? { ready: false, reason: 'no configuration' } : { ready: true, reason: '' }),
  };
  await keepTrusted(source, createHints(), log, stop.signal, (milliseconds) => {
    waits.push(milliseconds);
    if (round === 6) stop.abort();
    return Promise.resolve();
  });
  t.same(waits, [250, 500, 1000, 2000, 7000, 7000]);
  t.same(
    log.lines.map(({ level, fields }) => [level, 'reason' in fields ? fields.reason : null]),
    [
      ['warn', 'unreachable'],
      ['warn', 'no configuration'],
      ['info', null],
    ],
  );
});

t.test('a hint brings the next look at once; several in between count as one', async (t) => {
  const stop = new AbortController();
  const hints = createHints();
  let looks = 0;
  const source = {
    sync: () => {
      looks++;
      if (looks < 3) for (let hint = 0; hint < 5; hint++) hints.give();
      if (looks === 3) setImmediate(() => hints.give());
      if (looks === 4) setImmediate(() => stop.abort());
      return Promise.resolve(60_000);
    },
    status: () => ({ ready: true, reason: '' }),
  };
  function aborted() {
    return new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  }
  await keepTrusted(source, hints, recordingLog(), stop.signal, aborted);
  t.equal(looks, 4);
});
