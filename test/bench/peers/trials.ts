import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../cluster/index.ts';
import type { Cluster } from '../../cluster/index.ts';
import { rolledOut } from '../../cluster/kube.ts';
import { traefikService } from '../../objects.ts';
import type { JsonObject } from '../../../common/json.ts';
import type { Result } from '../../../scripts/lib/run.ts';
import { endedSince, KINDS } from '../clients.ts';
import type { Customers } from '../clients.ts';
import { eventually } from './eventually.ts';
import { imageOf, namespaceOf, NEW, OLD, UNTESTED } from './names.ts';
import { describeHarm, harmIn, seconds, shortReason } from './seen.ts';
import { endController, startController } from './stage.ts';
import { TRIALS } from './trial-names.ts';
import { movesTo, mustMoveTo, watch } from './watch.ts';
import type { Watched } from './watch.ts';
import type { Way } from './ways.ts';

/** A cell of a table: what was done, and what was seen. */
export interface Trial {
  readonly about: string;
  readonly seen: string;
}

/** How long a command without its controller, and a wrong write, is looked at: three of Flagger's intervals. */
const LOOK_MS = 30_000;
/** How long the controllers have to do after their return what they were told before. */
const LATE_MS = 60_000;
const WRITE_MS = 15_000;

export interface Trier {
  readonly cluster: Cluster;
  readonly customers: Customers;
  readonly way: Way;
}

/**
 * What is written by mistake, each of it undone, and then both switches while the controllers are gone.
 * @param triers those with the same controller
 */
export async function tryAll(triers: readonly Trier[], note: (trier: Trier, trial: Trial) => void): Promise<void> {
  await Promise.all(
    triers.map(async (trier) => {
      await trier.way.rested();
      note(trier, await wrongImage(trier));
      await trier.way.raise();
      for (const trial of await wrongWeights(trier)) note(trier, trial);
      note(trier, await scaledToZero(trier));
    }),
  );
  await withoutController(triers, TRIALS.deadForward, note);
  await Promise.all(triers.map(({ way }) => way.settled()));
  await withoutController(triers, TRIALS.deadBack, note);
}

/** One direction while the controllers are gone. */
async function withoutController(
  triers: readonly Trier[],
  about: (typeof TRIALS)['deadForward' | 'deadBack'],
  note: (trier: Trier, trial: Trial) => void,
): Promise<void> {
  const [from, to] = about === TRIALS.deadForward ? [OLD, NEW] : [NEW, OLD];
  function command({ way }: Trier): () => Promise<Result> {
    return about === TRIALS.deadForward ? way.forward : way.back;
  }
  const [first] = triers;
  if (first === undefined) return;
  const { controller } = first.way;
  if (controller !== null) await endController(first.cluster, controller);
  const watched = await Promise.all(
    triers.map((trier) => watch(trier.customers, command(trier), { from, to, timeout: LOOK_MS })),
  );
  if (controller !== null) await startController(first.cluster, controller);
  await Promise.all(
    triers.map(async (trier, index) => {
      const seen = watched[index];
      if (seen === undefined) return;
      const waits = seen.lastOld === null;
      const late = waits && seen.code === 0 && (await movesTo(trier.customers, to, LATE_MS));
      if (waits && !late && about === TRIALS.deadForward) {
        await eventually(
          'a controller that is back does what it is told',
          async () => (await command(trier)()).code === 0,
        );
        await mustMoveTo(trier.customers, to);
      }
      note(trier, { about, seen: controller === null ? 'has none' : attempted(seen, late) });
    }),
  );
}

function attempted({ code, stderr, lastOld }: Watched, late: boolean): string {
  if (lastOld !== null) return `works, ${seconds(lastOld)}`;
  if (code !== 0) return `fails: ${shortReason(stderr)}`;
  const then = late ? 'moves when' : `has not moved ${seconds(LATE_MS)} after`;
  return `the command succeeds, the traffic stays; ${then} the controller is back`;
}

async function wrongImage(trier: Trier): Promise<Trial> {
  const { cluster, way, customers } = trier;
  const trial = await written(
    trier,
    TRIALS.image,
    () => way.setImage(imageOf(UNTESTED)),
    () => untestedIsUp(trier),
  );
  if (way.serving === 'deployment/blue') {
    await way.setImage(imageOf(OLD));
    await rolledOut(cluster, namespaceOf(way.id), 'blue');
    await mustMoveTo(customers, OLD);
  }
  return trial;
}

/** On a busy machine a pod takes longer to start than a write is looked at. */
function untestedIsUp({ cluster, way }: Trier): Promise<void> {
  const path = 'jsonpath={range .items[*]}{.spec.containers[0].image} {.status.containerStatuses[0].ready}{"\\n"}{end}';
  return eventually(`a pod of ${UNTESTED} is ready`, async () => {
    const pods = await cluster.kubectlOk(['get', 'pods', '-n', namespaceOf(way.id), '-o', path]);
    return pods.includes(`${imageOf(UNTESTED)} true`);
  });
}

async function wrongWeights(trier: Trier): Promise<readonly Trial[]> {
  const { cluster, customers, way } = trier;
  const entries = way.weighted;
  if (entries === null) return [TRIALS.split, TRIALS.missing].map((about) => ({ about, seen: 'has no weights' }));
  function apply(pair: readonly (number | null)[]): Promise<Result> {
    const input = JSON.stringify(weightsOf(entries ?? [], pair));
    return cluster.kubectl(['apply', '-n', namespaceOf(way.id), '-f', '-'], { input });
  }
  // An apply leaves an annotation, for which Flagger writes its list anew, with 100 for both.
  function undo(): Promise<Result> {
    const { spec } = weightsOf(entries ?? [], [100, 0]);
    const patch = ['--type=merge', '-p', JSON.stringify({ spec })];
    return cluster.kubectl(['patch', '-n', namespaceOf(way.id), 'traefikservices.traefik.io', 'podinfo', ...patch]);
  }
  const trials: Trial[] = [];
  for (const [about, weights] of [
    [TRIALS.split, [50, 50]],
    [TRIALS.missing, [null, null]],
  ] as const) {
    trials.push(await written(trier, about, () => apply(weights)));
    await undo();
    await mustMoveTo(customers, OLD);
  }
  return trials;
}

async function scaledToZero(trier: Trier): Promise<Trial> {
  const { cluster, way } = trier;
  function scale(replicas: number): Promise<Result> {
    return cluster.kubectl(['scale', way.serving, '-n', namespaceOf(way.id), `--replicas=${replicas}`]);
  }
  const trial = await written(trier, TRIALS.scaled, () => scale(0));
  await scale(2);
  await answersAgain(trier);
  return trial;
}

function weightsOf(entries: readonly JsonObject[], weights: readonly (number | null)[]) {
  const services = entries.map((entry, index): JsonObject => {
    const weight = weights[index] ?? null;
    return weight === null ? entry : { ...entry, weight };
  });
  return traefikService({ name: 'podinfo' }, { weighted: { services } });
}

/** @param effect what an allowed write leads to, where that takes a while */
async function written(
  { customers }: Trier,
  about: string,
  write: () => Promise<Result>,
  effect: () => Promise<void> = async () => {},
): Promise<Trial> {
  const begun = performance.now();
  const { code, stderr } = await write();
  if (code !== 0 && !stderr.includes('denied')) throw new Problem(`${about}: ${stderr}`);
  if (code === 0) await effect();
  await sleep(WRITE_MS);
  const until = performance.now();
  const samples = KINDS.flatMap((kind) => endedSince(customers.samples[kind], begun)).toSorted(
    (a, b) => a.ended - b.ended,
  );
  const harm = describeHarm(harmIn(samples, OLD, until));
  return { about, seen: `${code === 0 ? 'allowed' : 'denied'}: ${harm}` };
}

/** After what serves was scaled to 0 and back, no request may fail before the next write. */
async function answersAgain({ cluster, customers, way }: Trier): Promise<void> {
  if (way.serving.startsWith('deployment/')) {
    await rolledOut(cluster, namespaceOf(way.id), way.serving.replace('deployment/', ''));
  }
  await mustMoveTo(customers, OLD);
  for (;;) {
    const since = performance.now();
    await sleep(2000);
    if (KINDS.every((kind) => endedSince(customers.samples[kind], since).every(({ failure }) => failure === null)))
      return;
  }
}
