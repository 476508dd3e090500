import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { status } from '../fake-cluster.ts';
import { NOW } from '../run.ts';
import { PROMOTED, SHOP } from '../shop.ts';
import { live, trafficShop } from './shop-traffic.ts';
import type { TrafficShop } from './shop-traffic.ts';

// A credential plugin's token ends while a watch runs: the API server rejects it from then on.

interface Setup {
  /** Seconds for which each token is said to hold; null to say nothing. */
  readonly holds: number | null;
  /** How often the credential plugin can issue one. */
  readonly issues: number;
}

interface Expiring {
  readonly shop: TrafficShop;
  readonly issued: () => number;
  readonly analyze: (...args: readonly string[]) => ReturnType<TrafficShop['run']>;
}

/** Token N is valid in the Nth 20 seconds of traffic. */
async function open(t: Test, { holds, issues }: Setup): Promise<Expiring> {
  const shop = await trafficShop(t, { weights: [0, 100], annotations: PROMOTED });
  const counter = join(t.testdir(), 'issued');
  const expires =
    holds === null
      ? ''
      : `,"expirationTimestamp":"'$(date -u -d @$((${NOW.getTime() / 1000} + n * ${holds})) +%FT%TZ)'"`;
  const script = `n=$(($(cat ${counter} 2>/dev/null || echo 0) + 1)); [ $n -le ${issues} ] || exit 1; echo $n > ${counter}
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"token-'$n'"${expires}}}'`;
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: '/bin/sh',
    args: ['-c', script],
    interactiveMode: 'Never',
    env: [{ name: 'PATH', value: process.env['PATH'] ?? '' }],
  };
  const config = { ...JSON.parse(shop.kubeconfig), users: [{ name: 'me', user: { exec } }] };
  const files = { '/home/user/.kube/config': JSON.stringify(config) };
  let second = 0;
  shop.customers = () => {
    second += 1;
    return live(shop) === 'green' && second > 25 ? { 500: 50, 200: 50 } : { 200: 100 };
  };
  shop.fails = ({ headers }) => {
    const valid = headers.authorization === `Bearer token-${1 + Math.floor(second / 20)}`;
    return valid ? null : status(401, 'Unauthorized', 'Unauthorized');
  };
  return {
    shop,
    issued: () => (existsSync(counter) ? Number(readFileSync(counter, 'utf8')) : 0),
    analyze: (...args) => shop.run(['analyze', 'shop', '--for', '60s', ...args], { hurried: true, files }),
  };
}

t.test('a token that ends at its time is replaced, and the bad version is rolled back', async (t) => {
  const { shop, analyze, issued } = await open(t, { holds: 19, issues: 9 });
  const { code, err } = await analyze();
  t.equal(code, 4, err);
  t.notMatch(err, 'Unauthorized');
  t.match(err, 'green failed its analysis');
  t.equal(live(shop), 'blue');
  t.equal(issued(), 2, 'the plugin is asked when a token has expired, and at no other time');
});

t.test('a token that is rejected is replaced once, without a word', async (t) => {
  const { shop, analyze, issued } = await open(t, { holds: null, issues: 9 });
  const { code, err } = await analyze();
  t.equal(code, 4, err);
  t.notMatch(err, /Unauthorized|data is missing/);
  t.equal(live(shop), 'blue');
  t.equal(issued(), 2);
});

t.test('a watch that is blind at its end is no success', async (t) => {
  const { shop, analyze } = await open(t, { holds: null, issues: 1 });
  const { code, err } = await analyze();
  t.equal(code, 1, err);
  t.match(err, 'getting credentials: exec: executable /bin/sh failed with exit code 1');
  t.match(err, 'the analysis of green is inconclusive: data was missing for the last ');
  t.match(
    err,
    'error: traefikservice.traefik.io/shop: the analysis did not see its end, so green is active without having passed it. To analyze it again: kubectl bluegreen analyze shop -n demo. To roll back: kubectl bluegreen rollback shop -n demo\n',
  );
  t.equal(live(shop), 'green');
  t.notMatch(JSON.stringify(shop.objects.get(SHOP)), 'Successful');
});

t.test('metrics of Traefik that cannot be read at the end are no success, and a flag rolls back', async (t) => {
  const shop = await trafficShop(t, { weights: [0, 100], annotations: PROMOTED });
  let scrapes = 0;
  shop.fails = ({ url }) => {
    if (!url.includes(':9100/')) return null;
    scrapes += 1;
    return scrapes > 20 ? status(503, 'ServiceUnavailable', 'no') : null;
  };
  const kept = await shop.run('analyze shop --for 60s', { hurried: true });
  t.equal(kept.code, 1, kept.err);
  t.match(kept.err, 'the analysis did not see its end');
  scrapes = 0;
  const back = await shop.run('analyze shop --for 60s --on-inconclusive=rollback', { hurried: true });
  t.equal(back.code, 4, back.err);
  t.equal(live(shop), 'blue');
});
