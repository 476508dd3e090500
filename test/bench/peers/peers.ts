import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../cluster/index.ts';
import { buildTools } from '../../cluster/tools/build.ts';
import { cacheFolder } from '../../../scripts/lib/cache.ts';
import type { Benchmark, Figure, Progress } from '../benchmark.ts';
import { KINDS, startCustomers } from '../clients.ts';
import type { Crowd, Customers } from '../clients.ts';
import { eventually } from './eventually.ts';
import { figuresOf, ownership } from './figures.ts';
import type { Switch } from './figures.ts';
import { readMemory } from './memory.ts';
import { isArgo } from './images.ts';
import { hostOf, NEW, OLD, PEER_IDS, PEERS } from './names.ts';
import type { PeerId } from './names.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';
import { tryAll } from './trials.ts';
import { countSince, watch } from './watch.ts';
import { waysOf } from './ways.ts';
import type { Way } from './ways.ts';

const ROUNDS = 8;
/** Of rounds of the others for one of Flagger, whose switch and way back take minutes. */
const LONG = 8;
/**
 * The same for each of the five, all of the time: so little that the two cores stay idle for most of it, or the commands
 * would be compared by how much they suffer. No WebSockets, which end with their pod whatever switches.
 */
const CROWD: Crowd = { kept: 2, pause: 50, otherPause: 100, fresh: 1, http2: 1, slow: 1, sockets: 0 };
const ASKING = KINDS.filter((kind) => kind !== 'WebSockets');
const PAUSE_MS = 500;
/** After a turn: its controllers and the kubelet have nothing left to do. */
const QUIET_MS = 5000;
const MOVE_MS = 240_000;
/** Controllers have done by then what they do after their start. */
const REST_MS = 20_000;

interface Running extends Stage, Progress {
  readonly customers: ReadonlyMap<PeerId, Customers>;
  readonly ways: Readonly<Record<PeerId, Way>>;
  readonly switches: Switch[];
}

/**
 * What else there is for blue-green behind Traefik, on one node and under the same traffic: the controllers at rest,
 * switches and ways back by turns, both without the controllers, and what is written by mistake. Flagger, which takes
 * minutes for a switch, has its turns beside those of the others.
 */
export const peers: Benchmark = {
  run: async (progress) => {
    await buildTools(['argo-rollouts', 'flagger'], cacheFolder(), { say: progress.say, now: Date.now });
    progress.say('booting a cluster with Traefik, all controllers, and a release of the same app for each');
    const stage = await openStage(PEER_IDS);
    try {
      return await compareOn(stage, PEER_IDS, progress);
    } finally {
      await stage.cluster.stop();
    }
  },
};

/** @param ids those that take part, `by-hand` among them */
export async function compareOn(stage: Stage, ids: readonly PeerId[], progress: Progress): Promise<readonly Figure[]> {
  const { say, note, rounds = ROUNDS } = progress;
  const customers = new Map(ids.map((id) => [id, startCustomers(`${stage.traefik.url}/`, hostOf(id), CROWD)]));
  try {
    await Promise.all([...customers].map(([id, each]) => answered(id, each)));
    say('the controllers at rest');
    await sleep(REST_MS);
    const memory = await readMemory(stage.cluster);
    for (const observation of ownership(ids)) note(observation);
    const running: Running = { ...progress, ...stage, customers, ways: waysOf(stage.cluster), switches: [] };
    const quick = ids.filter((id) => id !== 'flagger');
    const long = ids.includes('flagger') ? [flaggersTurns(running, Math.ceil(rounds / LONG))] : [];
    await Promise.all([quickTurns(running, quick, rounds), ...long]);
    return figuresOf(ids, running.switches, memory);
  } finally {
    await Promise.all([...customers.values()].map((each) => each.stop()));
  }
}

async function answered(id: PeerId, { samples }: Customers): Promise<void> {
  await eventually(`every kind of customer of ${id} is answered`, async () =>
    ASKING.every((kind) => samples[kind].at(-1)?.failure === null),
  );
}

/** Those that switch within seconds, by turns; then each of them is tried, those with a controller in common by turns. */
async function quickTurns(running: Running, ids: readonly PeerId[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    running.say(`switches, round ${round + 1} of ${rounds}`);
    await Promise.all(
      ids.map(async (id) => {
        await running.ways[id].rested();
        await running.ways[id].raise();
      }),
    );
    const first = round % ids.length;
    for (const id of [...ids.slice(first), ...ids.slice(0, first)]) await thereAndBack(running, id);
  }
  const argo = ids.filter(isArgo);
  const alone = ids.filter((id) => !isArgo(id)).map((id) => [id]);
  await Promise.all([argo, ...alone].map((group) => tried(running, group)));
}

async function flaggersTurns(running: Running, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await running.ways.flagger.rested();
    await running.ways.flagger.raise();
    await thereAndBack(running, 'flagger');
  }
  await tried(running, ['flagger']);
}

/** The next one begins when this one's pods have come and gone, or it would be measured while they start. */
async function thereAndBack(running: Running, id: PeerId): Promise<void> {
  await sleep(PAUSE_MS);
  await measured(running, id, 'forward');
  await sleep(PAUSE_MS);
  await measured(running, id, 'back');
  await running.ways[id].rested();
  await sleep(QUIET_MS);
}

async function measured(running: Running, id: PeerId, verb: Switch['verb']): Promise<void> {
  const { switches, say } = running;
  const way = running.ways[id];
  const customers = customersOf(running, id);
  const [from, to] = verb === 'forward' ? [OLD, NEW] : [NEW, OLD];
  const begun = performance.now();
  const { code, stderr, lastOld } = await watch(customers, way[verb], { from, to, timeout: MOVE_MS });
  if (code !== 0 || lastOld === null) throw new Problem(`${PEERS[id]}, ${verb}: the traffic did not move: ${stderr}`);
  await way.settled();
  const count = countSince(customers, begun);
  switches.push({ id, verb, lastOld, ...count });
  if (count.failed > 0) say(`${PEERS[id]}, ${verb}: ${count.failed} failed: ${count.example}`);
}

/** @param ids those with the same controller */
async function tried(running: Running, ids: readonly PeerId[]): Promise<void> {
  const { cluster, ways, say, note } = running;
  say(`${ids.map((id) => PEERS[id]).join(' and ')}: wrong writes, and switches without controllers`);
  const triers = ids.map((id) => ({ cluster, customers: customersOf(running, id), way: ways[id] }));
  try {
    await tryAll(triers, ({ way }, { about, seen }) => note({ about, subject: PEERS[way.id], seen }));
  } catch (error) {
    // What the others showed is worth something without it; the page has a dash.
    say(`not seen to the end: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function customersOf({ customers }: Running, id: PeerId): Customers {
  const found = customers.get(id);
  if (found === undefined) throw new Problem(`${PEERS[id]} has no customers`);
  return found;
}
