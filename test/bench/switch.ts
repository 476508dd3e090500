import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  allImages,
  DEMO_NAMESPACE,
  installBluegreen,
  REPLICATED,
  installDemo,
  installTraefik,
  Problem,
  startCluster,
  TRAEFIK_NAMESPACE,
} from '../cluster/index.ts';
import type { Cluster } from '../cluster/index.ts';
import { installPlugin } from '../cluster/plugin.ts';
import { switchFigures } from '../demo/traffic.ts';
import type { SwitchFigures } from '../demo/traffic.ts';
import { openWriter } from './api.ts';
import type { Writer } from './api.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { startChurn } from './churn.ts';
import { KINDS, startCustomers } from './clients.ts';
import type { Customers } from './clients.ts';
import { attest, patch, programs, revisionOfGreen } from './commands.ts';
import type { Programs } from './commands.ts';
import { figuresOf } from './switch-figures.ts';
import type { Seen, Setting, Who } from './switch-figures.ts';
import { until } from '../cluster/node/api.ts';

const ROUNDS = 8;
/** Switches that wait for Traefik's throttle take seconds. */
const THROTTLED_ROUNDS = 5;
/** Each of them is a promotion and a rollback by either program. */
const BUSY_ROUNDS = 100;
const CONNECTIONS = 4;
const NAME = 'bluegreen-wrr';
const KIND = 'traefikservices.traefik.io';
const PATH = `/apis/traefik.io/v1alpha1/namespaces/${DEMO_NAMESPACE}/traefikservices/${NAME}`;
const OLD = '6.1.5';
const NEW = '6.1.6';

const SETTINGS: readonly Setting[] = [
  { what: 'no throttle, quiet', throttle: '0s', churn: false, pause: 300 },
  { what: 'no throttle, endpoints come and go', throttle: '0s', churn: true, pause: 300 },
  { what: 'no throttle, every core busy', throttle: '0s', churn: false, busy: true, pause: 300 },
  { what: "Traefik's default throttle of 2 s, quiet", churn: false, pause: 2300 },
  { what: "Traefik's default throttle of 2 s, endpoints come and go", churn: true, pause: 300 },
];

interface Bench extends Programs {
  readonly writer: Writer;
  readonly customers: Customers;
  /** Revision of green. */
  readonly revision: string;
  readonly pause: number;
}

/**
 * Switches under traffic: customers with kept connections, new ones, HTTP/2, answers that take a second and WebSockets, all
 * at once. A time is from the start of kubectl, which starts the plugin, to the end of the last answer that came from the
 * color that was active; answers that were on their way for a second, and open WebSockets, may end there later and must
 * not fail.
 */
export const trafficSwitch: Benchmark = {
  run: async ({ say, rounds }) => {
    say('booting a cluster with Traefik, the webhook and the demo app');
    const cluster = await startCluster({ images: await allImages() });
    const writer = openWriter(cluster, CONNECTIONS);
    try {
      await installTraefik(cluster, { providersThrottleDuration: '0s' });
      await Promise.all([installBluegreen(cluster, REPLICATED), installPlugin(cluster)]);
      await installDemo(cluster);
      await cluster.apply([everyHost()]);
      await cluster.kubectlOk(['config', 'set-context', '--current', '--namespace', DEMO_NAMESPACE]);
      const figures: Figure[] = [];
      for (const setting of SETTINGS) {
        say(setting.what);
        const times = setting.busy ? BUSY_ROUNDS : setting.throttle === undefined ? THROTTLED_ROUNDS : ROUNDS;
        figures.push(...(await measureSetting(cluster, writer, setting, rounds ?? times)));
      }
      return figures;
    } finally {
      writer.close();
      await cluster.stop();
    }
  },
};

/** WebSocket clients cannot choose the host that they send. */
function everyHost(): object {
  return {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'IngressRoute',
    metadata: { name: 'every-host', namespace: DEMO_NAMESPACE },
    spec: {
      entryPoints: ['web'],
      routes: [{ match: 'PathPrefix(`/`)', kind: 'Rule', services: [{ name: NAME, kind: 'TraefikService' }] }],
    },
  };
}

async function measureSetting(
  cluster: Cluster,
  writer: Writer,
  setting: Setting,
  rounds: number,
): Promise<readonly Figure[]> {
  const { throttle, churn, busy, pause } = setting;
  const traefik = await installTraefik(cluster, throttle === undefined ? {} : { providersThrottleDuration: throttle });
  await othersEnded(cluster);
  const churning = churn ? await startChurn(cluster, writer) : null;
  const customers = startCustomers(`${traefik.url}/`);
  const others: ChildProcess[] = [];
  try {
    const commands = { ...programs(cluster), writer, customers, revision: await revisionOfGreen(cluster), pause };
    await firstAnswers(customers);
    if (busy) others.push(...occupyCores());
    return figuresOf(setting, await switches(commands, rounds), customers);
  } finally {
    for (const other of others) other.kill();
    await customers.stop();
    await churning?.stop();
  }
}

/** One process a core that never waits. */
function occupyCores(): readonly ChildProcess[] {
  return cpus().map(() => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
}

/** A Traefik that is replaced takes its connections with it, which is not what is measured. */
async function othersEnded(cluster: Cluster): Promise<void> {
  function listed(): Promise<string> {
    return cluster.kubectlOk(['get', 'pods', '-n', TRAEFIK_NAMESPACE, '-o', 'name']);
  }
  async function alone(): Promise<boolean> {
    return (await listed()).trim().split('\n').length === 1;
  }
  if (!(await until(alone, 60_000))) throw new Problem(`several pods of Traefik stay:\n${await listed()}`);
}

async function firstAnswers(customers: Customers): Promise<void> {
  async function answered(): Promise<boolean> {
    return KINDS.every((kind) => customers.samples[kind].some(({ failure }) => failure === null));
  }
  if (await until(answered, 30_000)) return;
  const missing = KINDS.map((kind) => `${kind}: ${customers.samples[kind].at(-1)?.failure ?? 'no answer'}`);
  throw new Problem(`not all customers are answered:\n${missing.join('\n')}`);
}

async function switches(bench: Bench, rounds: number): Promise<Seen> {
  const seen: Seen = { bluegreen: { promote: [], rollback: [] }, kubectl: { promote: [], rollback: [] } };
  const commands = {
    bluegreen: {
      promote: () => bench.kubectlBluegreen('promote', NAME),
      rollback: () => bench.kubectlBluegreen('rollback', NAME),
    },
    kubectl: {
      promote: () => bench.kubectl('patch', KIND, NAME, '--type=json', '-p', patch(0, 100)),
      rollback: () => bench.kubectl('patch', KIND, NAME, '--type=json', '-p', patch(100, 0)),
    },
  };
  let attested = 0;
  for (let round = 0; round < rounds; round += 1) {
    const turn: readonly Who[] = round % 2 === 0 ? ['bluegreen', 'kubectl'] : ['kubectl', 'bluegreen'];
    for (const who of turn) {
      attested += 1;
      await attest(bench.writer, PATH, attested % 2 === 0 ? NEW : bench.revision);
      await sleep(bench.pause);
      seen[who].promote.push(await watched(bench, commands[who].promote, OLD, NEW));
      await sleep(bench.pause);
      seen[who].rollback.push(await watched(bench, commands[who].rollback, NEW, OLD));
    }
  }
  return seen;
}

/** Runs one switch, and looks at the traffic until it has moved for a while. */
async function watched(
  { customers }: Bench,
  command: () => Promise<number>,
  from: string,
  to: string,
): Promise<SwitchFigures> {
  const begun = performance.now();
  await command();
  const deadline = performance.now() + 20_000;
  for (;;) {
    const figures = switchFigures(customers.versions(), begun, from, to);
    const last = Math.max(figures.lastOld, figures.firstNew);
    if (performance.now() - begun > last + 200) return figures;
    if (performance.now() > deadline) throw new Problem(`the traffic did not move from ${from} to ${to}`);
    await sleep(20);
  }
}
