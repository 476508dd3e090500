import { statSync } from 'node:fs';
import {
  allImages,
  DEMO_NAMESPACE,
  installBluegreen,
  REPLICATED,
  installDemo,
  installTraefik,
  startCluster,
} from '../cluster/index.ts';
import { installPlugin, pluginExecutable } from '../cluster/plugin.ts';
import { packedSize } from './packed.ts';
import { openWriter } from './api.ts';
import type { Writer } from './api.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { attest, patch, programs, revisionOfGreen } from './commands.ts';
import type { Programs, Time } from './commands.ts';
import { interleave } from './process.ts';
import { makeReleases } from './releases.ts';
import { summarize } from './statistics.ts';

const RELEASES = 5000;
const ROUNDS = 40;
/** Listing thousands of objects takes its time. */
const LIST_ROUNDS = 12;
const CONNECTIONS = 16;
const MB = 1e6;
const NAME = 'bluegreen-wrr';
const KIND = 'traefikservices.traefik.io';
const PATH = `/apis/traefik.io/v1alpha1/namespaces/${DEMO_NAMESPACE}/traefikservices/${NAME}`;

interface Bench extends Programs {
  readonly writer: Writer;
  /** Revision of green. */
  readonly revision: string;
  readonly rounds: number;
}

/** Whole processes, from their start to their end, against one API server. */
export const plugin: Benchmark = {
  run: async ({ say, rounds = ROUNDS }) => {
    say('booting a cluster with Traefik, the webhook and the demo app');
    const cluster = await startCluster({ images: await allImages() });
    const writer = openWriter(cluster, CONNECTIONS);
    try {
      await installTraefik(cluster);
      await Promise.all([installBluegreen(cluster, REPLICATED), installPlugin(cluster)]);
      await installDemo(cluster);
      const bench = { ...programs(cluster), writer, rounds, revision: await revisionOfGreen(cluster) };
      await cluster.kubectlOk(['config', 'set-context', '--current', '--namespace', DEMO_NAMESPACE]);
      await bench.kubectl('get', KIND, NAME); // kubectl's discovery is cached from here on
      const figures = [...(await switches(bench)), ...(await looks(bench))];
      say(`making ${RELEASES} TraefikServices`);
      await makeReleases(writer, RELEASES);
      figures.push(await listAll({ ...bench, rounds: Math.min(rounds, LIST_ROUNDS) }));
      return [...figures, ...(await sizes(await pluginExecutable()))];
    } finally {
      writer.close();
      await cluster.stop();
    }
  },
};

/** A promotion and the rollback of it, by the plugin and by the patch that a person would write: same admission, same switch. */
async function switches(bench: Bench): Promise<readonly Figure[]> {
  return [
    ...(await switchesBy('', bench.bluegreen, { promote: 1.5, rollback: 1.5 }, bench)),
    ...(await switchesBy(' by kubectl', bench.kubectlBluegreen, { promote: 1.25, rollback: 1.1 }, bench)),
  ];
}

interface Goals {
  readonly promote: number;
  readonly rollback: number;
}

async function switchesBy(
  how: string,
  bluegreen: Time,
  goals: Goals,
  { kubectl, writer, rounds, revision }: Bench,
): Promise<readonly Figure[]> {
  const back = { bluegreen: new Array<number>(), kubectl: new Array<number>() };
  let attested = 0;
  function attestAnew(): Promise<void> {
    attested += 1;
    return attest(writer, PATH, attested % 2 === 0 ? '6.1.6' : revision);
  }
  const promotions = await interleave(
    rounds,
    async () => {
      await attestAnew();
      const took = await bluegreen('promote', NAME);
      back.bluegreen.push(await bluegreen('rollback', NAME));
      return took;
    },
    async () => {
      await attestAnew();
      const took = await kubectl('patch', KIND, NAME, '--type=json', '-p', patch(0, 100));
      back.kubectl.push(await kubectl('patch', KIND, NAME, '--type=json', '-p', patch(100, 0)));
      return took;
    },
  );
  const against = 'kubectl patch, the same switch';
  return [
    figure(`promote${how}`, promotions.subject, against, promotions.reference, goals.promote),
    figure(`rollback${how}`, back.bluegreen, against, back.kubectl, goals.rollback),
  ];
}

async function looks({ bluegreen, kubectl, rounds }: Bench): Promise<readonly Figure[]> {
  async function compare(
    what: string,
    subject: () => Promise<number>,
    against: string,
    reference: () => Promise<number>,
  ) {
    const times = await interleave(rounds, subject, reference);
    return figure(what, times.subject, against, times.reference, 2);
  }
  return [
    await compare(
      'status',
      () => bluegreen('status', NAME),
      'kubectl get, the same TraefikService',
      () => kubectl('get', KIND, NAME),
    ),
    await compare(
      'promote --help',
      () => bluegreen('promote', '--help'),
      'kubectl patch --help',
      () => kubectl('patch', '--help'),
    ),
    await compare(
      'completion of names',
      () => bluegreen('__complete', 'status', ''),
      'kubectl __complete get, the same names',
      () => kubectl('__complete', 'get', KIND, ''),
    ),
  ];
}

async function listAll({ bluegreen, kubectl, rounds }: Bench): Promise<Figure> {
  const times = await interleave(
    rounds,
    () => bluegreen('list', '-A'),
    () => kubectl('get', KIND, '-A'),
  );
  return figure(`list -A, ${RELEASES} TraefikServices`, times.subject, 'kubectl get -A', times.reference, 2);
}

/** The executable on disk and to download, beside the Node that it is made of. */
async function sizes(executable: string): Promise<readonly Figure[]> {
  const node = process.execPath;
  const [packed, packedNode] = [await packedSize(executable), await packedSize(node)];
  return [
    size('the executable', statSync(executable).size, { against: 'Node itself', reference: statSync(node).size }, 100),
    size('the executable, to download', packed, { against: 'Node itself, compressed', reference: packedNode }, 40),
  ];
}

function size(
  what: string,
  bytes: number,
  { against, reference }: { readonly against: string; readonly reference: number },
  atMost: number,
): Figure {
  const [own, other] = [summarize([bytes / MB]), summarize([reference / MB])];
  return { what, subject: own, against, reference: other, goal: null, bound: { atMost }, unit: 'MB' };
}

function figure(
  what: string,
  subject: readonly number[],
  against: string,
  reference: readonly number[],
  goal: number,
): Figure {
  return { what, subject: summarize(subject), against, reference: summarize(reference), goal };
}
