// The dashboard as a person sees it: in a real browser, on a real cluster, under traffic.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Page } from 'playwright-core';
import { DEMO_NAMESPACE, installDemo, RELEASE, traefikAt } from '../cluster/index.ts';
import { rolledOut } from '../cluster/kube.ts';
import { shareCluster } from '../cluster/sharing/share.ts';
import { startTraffic } from '../demo/traffic.ts';
import { startAttacker } from './attacker.ts';
import { startBrowser } from './browser.ts';
import { serve } from './dashboard.ts';
import { hear } from './hear.ts';
import { startRelay } from './relay.ts';
import { attestAnew, backToBlue, confirm, RELEASE_HASH, weightsOf } from './switch.ts';

const AXE = readFileSync(join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8');
const FIND = readFileSync(join(import.meta.dirname, 'find.js'), 'utf8');
const SIZES = '(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }))(document.documentElement)';
const CHART = join(import.meta.dirname, '../../charts/bluegreen');
const PATIENCE = 60_000;
const ID = RELEASE_HASH.slice('#/release/'.length);

const cluster = await shareCluster(t, 'traefik', DEMO_NAMESPACE);
await installDemo(cluster);
const [browser, served, attacker] = await Promise.all([
  startBrowser(),
  serve(cluster, '-n', DEMO_NAMESPACE),
  startAttacker(),
]);
const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
context.setDefaultTimeout(PATIENCE);
t.teardown(async () => {
  attacker.close();
  await browser.close();
  await served.stop();
});
const traffic = startTraffic({
  url: `${traefikAt(cluster).url}/`,
  host: 'podinfo.localhost',
  connections: 2,
  pause: 60,
});
t.teardown(() => traffic.stop());
await traffic.until(({ version }) => version === '6.1.5', PATIENCE);

const complaints: string[] = [];
async function open(hash = ''): Promise<Page> {
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${served.url}${hash}`);
  return page;
}
function failures(): number {
  return traffic.samples.filter(({ failure }) => failure !== null).length;
}

t.test('the list has one sentence about each release, and the token leaves the address', async (t) => {
  const page = await open();
  const row = page.locator('.row');
  await row.getByText('blue podinfo:6.1.5 serves production').waitFor();
  await row.getByText(/blue \d+(\.\d)?\/s 0% errors/).waitFor();
  t.equal(page.url(), `${served.origin}/`);
  await page.keyboard.press('/');
  await page.keyboard.type('nothing like it');
  await page.getByText('No release has all of these words.').waitFor();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('podinfo demo');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: `${DEMO_NAMESPACE}/bluegreen-wrr` }).waitFor();
  await page.keyboard.press('Escape');
  await row.waitFor();
  await page.close();
});

t.test('a promotion that would be denied shows why, and cannot be begun', async (t) => {
  const page = await open(RELEASE_HASH);
  await page.getByRole('button', { name: 'Promote green' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/smoke-test: green, revision .* gains weight without a passed smoke test/).waitFor();
  t.equal(await dialog.getByRole('button', { name: 'Promote now' }).count(), 0);
  const answer = await page.evaluate(async (id) => {
    const body = JSON.stringify({ id, verb: 'promote', from: 'blue', to: 'green' });
    const response = await fetch('/actions', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    return response.text();
  }, ID);
  t.match(
    answer,
    /"code":1,.*cannot be promoted to green. Nothing was changed/,
    'the server denies it as the command line does',
  );
  t.equal(await weightsOf(cluster), '100 0');
  await page.close();
});

t.test('promoted and rolled back by clicking, no request fails, and another tab follows', async (t) => {
  const [page, other] = [await open(RELEASE_HASH), await open()];
  await attestAnew(cluster);
  await page.getByText('READY green podinfo:6.1.6 can be promoted').waitFor();
  const before = failures();
  t.match(
    await confirm(page, /^Promote green/, 'Promote now'),
    /Done[^]*\$ kubectl bluegreen promote bluegreen-wrr -n demo-bluegreen --to green\n[^]*promoted/,
  );
  await traffic.until(({ version }) => version === '6.1.6', PATIENCE);
  await other.locator('.row').getByText('green podinfo:6.1.6 serves production').waitFor();
  await page.getByRole('article', { name: 'green: ACTIVE' }).waitFor();
  await page.getByRole('row', { name: /promotion green podinfo:6.1.6/ }).waitFor();
  t.match(await confirm(page, /^ROLL BACK to blue/, 'Roll back now'), /Done[^]*rolled back/);
  await traffic.until(({ version }) => version === '6.1.5', PATIENCE);
  await other.locator('.row').getByText('blue podinfo:6.1.5 serves production').waitFor();
  t.equal(failures() - before, 0);
  await Promise.all([page.close(), other.close()]);
});

t.test('what was switched in one tab is not switched again by a question in another', async (t) => {
  await backToBlue(cluster);
  await attestAnew(cluster);
  const [page, other] = [await open(RELEASE_HASH), await open(RELEASE_HASH)];
  for (const each of [page, other]) await each.getByText('READY green podinfo:6.1.6 can be promoted').waitFor();
  await other.getByRole('button', { name: 'Promote green' }).click();
  await other.getByRole('dialog').getByText('Production goes from').waitFor();
  await confirm(page, /^Promote green/, 'Promote now');
  await page.getByRole('article', { name: 'green: ACTIVE' }).waitFor();
  await other.getByRole('dialog').getByRole('button', { name: 'Promote now' }).click();
  await other.getByText(/was switched meanwhile: green is active. Nothing was changed/).waitFor();
  t.equal(await weightsOf(cluster), '0 100');
  await Promise.all([page.close(), other.close()]);
  await backToBlue(cluster);
});

t.test('a freeze is set with its reason, shown in the list, and lifted', async (t) => {
  const page = await open(RELEASE_HASH);
  await page.getByRole('button', { name: 'Freeze', exact: true }).click();
  const dialog = page.getByRole('dialog');
  t.ok(await dialog.getByRole('button', { name: 'Freeze now' }).isDisabled(), 'a reason is asked for');
  await dialog.getByRole('textbox').fill("anna's quarter end");
  await dialog.getByRole('button', { name: 'Freeze now' }).click();
  await dialog.getByText(String.raw`--reason 'anna'\''s quarter end'`).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await page.getByText("FROZEN anna's quarter end").waitFor();
  t.match(await confirm(page, /^Unfreeze/, 'Unfreeze now'), /Done/);
  await page.close();
});

t.test('read-only, there are no buttons, and a change that is sent all the same is denied', async (t) => {
  const reader = await serve(cluster, '-n', DEMO_NAMESPACE, '--read-only');
  t.teardown(() => reader.stop());
  const page = await context.newPage();
  await page.goto(`${reader.url}${RELEASE_HASH}`);
  await page.getByRole('heading', { name: 'Next steps' }).waitFor();
  t.equal(
    await page
      .getByRole('button', { name: /promote|roll back|freeze/i })
      .and(page.locator(':not(.copy)'))
      .count(),
    0,
  );
  const status = await page.evaluate(async (id) => {
    const body = JSON.stringify({ id, verb: 'freeze', from: null, to: null, reason: 'x' });
    return (await fetch('/actions', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })).status;
  }, ID);
  t.equal(status, 403);
  await page.close();
});

t.test('while the API server cannot be reached the page tells, and knows what changed when it is back', async (t) => {
  const relay = await startRelay(cluster.ip, 6443);
  t.teardown(() => relay.close());
  const away = ['--server', `https://127.0.0.1:${relay.port}`, '--tls-server-name', cluster.ip];
  const cut = await serve(cluster, '-n', DEMO_NAMESPACE, ...away);
  t.teardown(() => cut.stop());
  const page = await context.newPage();
  await page.goto(cut.url);
  await page.locator('.row').waitFor();
  relay.cut();
  await page.getByRole('alert').getByText('The API server cannot be reached').waitFor();
  await page.getByText('○ not connected').waitFor();
  t.equal(await page.locator('.row').count(), 1, 'what was known stays');
  await cluster.kubectlOk(['bluegreen', 'freeze', 'bluegreen-wrr', '-n', DEMO_NAMESPACE, '--reason', 'while away']);
  relay.mend();
  await page.getByText('FROZEN while away').waitFor();
  await page.getByText('● connected').waitFor();
  await backToBlue(cluster);
  await page.close();
});

t.test('when the dashboard ends the page tells how to start it again', async (t) => {
  const short = await serve(cluster, '-n', DEMO_NAMESPACE);
  const page = await context.newPage();
  await page.goto(short.url);
  await page.locator('.row').waitFor();
  t.equal(await short.stop(), 130);
  await page.getByRole('alert').getByText('kubectl bluegreen dashboard').waitFor();
  await page.close();
});

t.test('without the token there is nothing', async (t) => {
  const stranger = await browser.newContext();
  const page = await stranger.newPage();
  const answer = await page.goto(served.origin);
  t.equal(answer?.status(), 403);
  t.notMatch(await page.content(), /podinfo|bluegreen-wrr/);
  t.equal((await page.goto(`${served.origin}/events`))?.status(), 403);
  await stranger.close();
});

t.test('a name that is rebound to this machine gets nothing', async (t) => {
  const page = await context.newPage();
  const port = new URL(served.origin).port;
  const answer = await page.goto(`http://rebound.example:${port}/${new URL(served.url).search}`);
  t.equal(answer?.status(), 421);
  const read = await page.evaluate(async () => (await fetch('/events')).status);
  t.equal(read, 421);
  await page.close();
});

t.test("an attacker's page in the same browser reads nothing and changes nothing", async (t) => {
  const page = await context.newPage();
  await page.goto(attacker.url);
  t.strictSame(
    await page.evaluate<readonly string[]>(`attack('${served.origin}', '${ID}')`),
    Array.from({ length: 7 }, () => 'failed'),
  );
  await page.setContent(`<form method="post" enctype="text/plain" action="${served.origin}/actions">
    <input name='{"id":"${ID}","verb":"freeze","reason":"attack","x":"' value='"}'></form>`);
  const [posted] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith('/actions')),
    page.evaluate('document.forms[0].submit()'),
  ]);
  t.equal(posted.status(), 403);
  const frozen = await cluster.kubectlOk(['get', 'traefikservices.traefik.io', '-n', DEMO_NAMESPACE, '-o', 'yaml']);
  t.notMatch(frozen, /attack/);
  await page.close();
});

t.test('no page may frame it', async (t) => {
  const page = await context.newPage();
  await page.goto(attacker.url);
  await page.setContent(`<iframe src="${served.url}"></iframe>`);
  const frame = page.frames().at(-1);
  await page.waitForTimeout(2000);
  t.notMatch(await frame?.content().catch(() => ''), /id="app"|podinfo/);
  await page.close();
});

t.test('in the cluster, the chart serves it read-only, by an account that reads what the page shows', async (t) => {
  const values = [
    'image.repository=registry.local/bluegreen-webhook',
    'dashboard.enabled=true',
    'dashboard.hosts={releases.example}',
    'dashboard.traefikNamespace=traefik',
  ];
  const flags = [
    '-n',
    RELEASE.namespace,
    '-s',
    'templates/releases-dashboard.yaml',
    ...values.flatMap((value) => ['--set', value]),
  ];
  const manifest = await cluster.helmOk(['template', RELEASE.name, CHART, ...flags]);
  await cluster.apply(manifest);
  t.teardown(() => cluster.kubectlOk(['delete', '-f', '-', '--wait=false'], { input: manifest }));
  await rolledOut(cluster, RELEASE.namespace, 'bluegreen-releases');
  const pod = ['get', 'pods', '-n', RELEASE.namespace, '-l', 'app.kubernetes.io/component=dashboard'];
  const ip = await cluster.kubectlOk([...pod, '-o', 'jsonpath={.items[0].status.podIP}']);
  const heard = await hear({ ip, host: 'releases.example' });
  t.match(heard, /event: releases[^]*bluegreen-wrr[^]*blue podinfo:6.1.5 serves production/);
  t.match(heard, /event: traffic\ndata: .*"demo-bluegreen.traefik.io.bluegreen-wrr":{"blue":\[\d/);
  t.notMatch(heard, /cannot be read/);
  t.match(await hear({ ip, host: 'other.example' }), /does not answer for the host/);
  t.match(await hear({ ip, host: 'releases.example', method: 'POST' }), /read-only/);
});

t.test('axe finds nothing, by day and by night, and a phone needs no sideways scrolling', async (t) => {
  await attestAnew(cluster);
  for (const colorScheme of ['light', 'dark'] as const)
    for (const hash of ['', RELEASE_HASH]) {
      const page = await open(hash);
      await page.emulateMedia({ colorScheme });
      await page
        .locator(hash === '' ? '.row' : '.pods li')
        .first()
        .waitFor();
      t.strictSame(await axe(page), [], `${colorScheme} ${hash}`);
      if (hash !== '') {
        await page.getByRole('button', { name: 'Promote green' }).click();
        t.strictSame(await axe(page), [], `${colorScheme} question`);
        await page.keyboard.press('Escape');
      }
      await page.setViewportSize({ width: 375, height: 800 });
      const { scrollWidth, clientWidth } = await page.evaluate<Record<'scrollWidth' | 'clientWidth', number>>(SIZES);
      t.equal(scrollWidth, clientWidth, `${hash} at 375 pixels`);
      await page.close();
    }
});

/** What axe-core finds on a page. It is no script of the page, whose Content-Security-Policy would deny it. */
function axe(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`${AXE}; ${FIND}; findAll()`);
}

t.test('the browser complains about nothing', async (t) => {
  t.strictSame(complaints, []);
});
