import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../browser/browser.ts';
import { serve } from '../browser/dashboard.ts';
import { installTraefikCrds, startCluster } from '../cluster/index.ts';
import { installPlugin } from '../cluster/plugin.ts';
import { endpointSlice, service } from '../objects.ts';
import { openWriter } from './api.ts';
import type { Writer } from './api.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { makeReleases } from './releases.ts';
import { summarize } from './statistics.ts';

const RELEASES = 500;
const NAMESPACES = 50;
const ROUNDS = 20;
/** Updates between the two looks at the memory. */
const UPDATES = 2000;
/** Times that many updates before the first look. */
const WARM = 2;
const CONNECTIONS = 16;

/** 500 releases in 50 namespaces of a real API server, in a real browser. No controller, scheduler or kubelet takes part. */
export const dashboard: Benchmark = {
  run: async ({ say, rounds = ROUNDS }) => {
    say('booting a cluster');
    const cluster = await startCluster();
    const writer = openWriter(cluster, CONNECTIONS);
    const browser = await startBrowser();
    try {
      await installTraefikCrds(cluster);
      await Promise.all([cluster.kill('kube-controller-manager'), cluster.kill('kube-scheduler')]);
      say(`making ${RELEASES} releases in ${NAMESPACES} namespaces`);
      await makeReleases(writer, RELEASES);
      await makeColors(writer);
      await installPlugin(cluster);
      const served = await serve(cluster);
      const paint = await paints(browser, served.url, { writer, rounds });
      const page = await browser.newPage();
      await page.goto(served.url);
      await listed(page);
      const update = await updates(page, writer, rounds);
      const memory = await remembers(writer, served.pid);
      await served.stop();
      return [paint, update, memory];
    } finally {
      await browser.close();
      writer.close();
      await cluster.stop();
    }
  },
};

/** The place of a release: where `makeReleases` has put it. */
function placeOf(number: number) {
  return { namespace: `bench-${number % NAMESPACES}`, name: `shop-${number}` };
}

async function makeColors(writer: Writer): Promise<void> {
  const colors = Array.from({ length: RELEASES }, (_, number) => placeOf(number)).flatMap(({ namespace, name }) =>
    ['blue', 'green'].map((color) => ({ namespace, name: `${name}-${color}` })),
  );
  await Promise.all(
    colors.map(async ({ namespace, name }, index) => {
      const address = `10.200.${Math.floor(index / 250)}.${(index % 250) + 1}`;
      const { spec, ...rest } = service({ name }, null);
      // The cluster has fewer addresses for Services.
      const headless = { ...rest, spec: { ...spec, clusterIP: 'None' } };
      await writer.create(`/api/v1/namespaces/${namespace}/services`, headless);
      const slices = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
      await writer.create(slices, endpointSlice({ name }, name, address));
    }),
  );
}

/** Waits until every release is on the page. */
async function listed(page: Page): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    function look() {
      if (document.querySelectorAll('.row').length === ${RELEASES}) resolve();
      else requestAnimationFrame(look);
    }
    look();
  })`);
}

interface Paints {
  readonly writer: Writer;
  readonly rounds: number;
}

async function paints(browser: Browser, url: string, { writer, rounds }: Paints): Promise<Figure> {
  const took: number[] = [];
  const read: number[] = [];
  // The dashboard itself has read the cluster by then.
  const first = await browser.newPage();
  await first.goto(url);
  await listed(first);
  await first.close();
  for (let round = 0; round < rounds; round += 1) {
    const page = await browser.newPage();
    const started = performance.now();
    await page.goto(url, { waitUntil: 'commit' });
    await listed(page);
    took.push(performance.now() - started);
    await page.close();
    const begun = performance.now();
    await writer.read('/apis/traefik.io/v1alpha1/traefikservices');
    read.push(performance.now() - begun);
  }
  return {
    what: `the page shows ${RELEASES} releases, from its address on`,
    subject: summarize(took),
    reference: summarize(read),
    against: 'reading the TraefikServices',
    goal: null,
    bound: { atMost: 1000 },
  };
}

/** From a write to the sentence on the page that tells of it. */
async function updates(page: Page, writer: Writer, rounds: number): Promise<Figure> {
  const took: number[] = [];
  const wrote: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { namespace, name } = placeOf(round * 7);
    const reason = `round ${round}`;
    const seen = page.evaluate<number>(`new Promise((resolve) => {
      const row = document.querySelector('[data-id="${namespace}/traefik.io/${name}"]').parentElement;
      const observer = new MutationObserver(() => {
        if (!row.textContent.includes('${reason}')) return;
        observer.disconnect();
        resolve(Date.now());
      });
      observer.observe(row, { childList: true, subtree: true, characterData: true });
    })`);
    // The observer is there before the write.
    await sleep(50);
    const begun = Date.now();
    await freeze(writer, round * 7, reason);
    wrote.push(Date.now() - begun);
    took.push((await seen) - begun);
  }
  return {
    what: 'a change is on the page, from its write on',
    subject: summarize(took),
    reference: summarize(wrote),
    against: 'the write itself',
    goal: null,
    bound: { atMost: 100 },
  };
}

function freeze(writer: Writer, number: number, reason: string): Promise<void> {
  const { namespace, name } = placeOf(number);
  const annotations = { 'bluegreen.dev/frozen': reason };
  return writer.merge(`/apis/traefik.io/v1alpha1/namespaces/${namespace}/traefikservices/${name}`, {
    metadata: { annotations },
  });
}

/** Memory after thousands of changes, beside that before them, when the heap has its size. */
async function remembers(writer: Writer, pid: number): Promise<Figure> {
  async function churn(): Promise<number> {
    for (let update = 0; update < UPDATES; update += CONNECTIONS)
      await Promise.all(
        Array.from({ length: CONNECTIONS }, (_, index) => freeze(writer, (update + index) % RELEASES, `${update}`)),
      );
    await sleep(5000);
    return residentOf(pid);
  }
  for (let warm = 0; warm < WARM; warm += 1) await churn();
  const before = await churn();
  const after = await churn();
  return {
    what: `resident memory of the dashboard after ${UPDATES} more changes, a page open`,
    subject: summarize([after]),
    reference: summarize([before]),
    against: `after ${UPDATES * (WARM + 1)} changes`,
    goal: 1.1,
    unit: 'MiB',
  };
}

/** MiB. */
function residentOf(pid: number): number {
  const [, kibibytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / 1024;
}
