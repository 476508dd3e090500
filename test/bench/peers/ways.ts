import { Problem } from '../../cluster/index.ts';
import type { Cluster } from '../../cluster/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import type { Result } from '../../../scripts/lib/run.ts';
import { imageOf, namespaceOf, NEW, OLD } from './names.ts';
import type { PeerId } from './names.ts';
import { eventually } from './eventually.ts';
import { CONTROLLERS } from './stage.ts';
import type { Controller } from './stage.ts';

/** One way of releasing: the commands that a person types, and how to know that they are due. */
export interface Way {
  readonly id: PeerId;
  /** What it needs to be alive; null for nothing. */
  readonly controller: Controller | null;
  /** Waits until the old version serves alone, as it does between two releases. */
  readonly rested: () => Promise<void>;
  /** Brings the new version up beside it, to the moment before the switch. */
  readonly raise: () => Promise<void>;
  /** The switch. */
  readonly forward: () => Promise<Result>;
  /** The way back. */
  readonly back: () => Promise<Result>;
  /** After the traffic moved: waits until it has done all that the command started. */
  readonly settled: () => Promise<void>;
  /** The workload that serves while the next version waits, as kubectl names it. */
  readonly serving: string;
  /** The entries of the TraefikService: what serves, and what is next; null for a way without weights. */
  readonly weighted: readonly [JsonObject, JsonObject] | null;
  /** Gives another image to what the team deploys and what serves. */
  readonly setImage: (image: string) => Promise<Result>;
}

type Run = (args: readonly string[], input?: string) => Promise<Result>;

function runner(cluster: Cluster, id: PeerId): Run {
  return (args, input) => cluster.kubectl([...args, '-n', namespaceOf(id)], input === undefined ? {} : { input });
}

async function done(running: Promise<Result>): Promise<string> {
  const { code, stdout, stderr } = await running;
  if (code !== 0) throw new Problem(stderr);
  return stdout;
}

/** All of them on one cluster. */
export function waysOf(cluster: Cluster): Readonly<Record<PeerId, Way>> {
  return {
    bluegreen: bluegreen(runner(cluster, 'bluegreen')),
    'by-hand': byHand(runner(cluster, 'by-hand')),
    'argo-bluegreen': argoBlueGreen(runner(cluster, 'argo-bluegreen')),
    'argo-canary': argoCanary(runner(cluster, 'argo-canary')),
    flagger: flagger(runner(cluster, 'flagger')),
  };
}

function entry(name: string): JsonObject {
  return { name, port: 80 };
}

async function nothing(): Promise<void> {}

function pair(run: Run) {
  return {
    rested: nothing,
    settled: nothing,
    serving: 'deployment/blue',
    weighted: [entry('blue'), entry('green')] as const,
    setImage: (image: string) => run(['set', 'image', 'deployment/blue', `podinfo=${image}`]),
  };
}

function bluegreen(run: Run): Way {
  return {
    ...pair(run),
    id: 'bluegreen',
    controller: CONTROLLERS.bluegreen,
    raise: async () => void (await done(run(['bluegreen', 'smoke', 'podinfo', '--path', '/healthz']))),
    forward: () => run(['bluegreen', 'promote', 'podinfo']),
    back: () => run(['bluegreen', 'rollback', 'podinfo']),
  };
}

function byHand(run: Run): Way {
  function patch(blue: number, green: number): Promise<Result> {
    const operations = [blue, green].map((value, index) => ({
      op: 'replace',
      path: `/spec/weighted/services/${index}/weight`,
      value,
    }));
    return run(['patch', 'traefikservices.traefik.io', 'podinfo', '--type=json', '-p', JSON.stringify(operations)]);
  }
  return {
    ...pair(run),
    id: 'by-hand',
    controller: null,
    raise: nothing,
    forward: () => patch(0, 100),
    back: () => patch(100, 0),
  };
}

/** What a Rollout says of itself, by kubectl's JSONPath. */
async function rollout(run: Run, path: string): Promise<string> {
  return done(run(['get', 'rollout', 'podinfo', '-o', `jsonpath=${path}`]));
}

/** Waits until a Rollout has this phase, and pods of so many ReplicaSets, two of each. */
function rolloutIs(run: Run, phase: RegExp, pods: number): Promise<void> {
  return eventually(`a Rollout is ${phase.source} with ${pods} pods`, async () => {
    const now = await rollout(run, '{.status.phase} {.status.replicas} {.status.availableReplicas}');
    return new RegExp(`^(?:${phase.source}) ${pods} \\d+$`).test(now) && (pods === 2 || (await newIsReady(run)));
  });
}

async function newIsReady(run: Run): Promise<boolean> {
  const pods = await done(
    run(['get', 'pods', '-o', 'jsonpath={range .items[*]}{.status.containerStatuses[0].ready}{"\\n"}{end}']),
  );
  return (
    pods
      .trim()
      .split('\n')
      .filter((ready) => ready === 'true').length === 4
  );
}

function setRolloutImage(run: Run, image: string): Promise<Result> {
  return run(['argo', 'rollouts', 'set', 'image', 'podinfo', `podinfo=${image}`]);
}

/** A version that is still scaled up would be switched to at once: it rests only when that is gone. */
function argoBlueGreen(run: Run): Way {
  return {
    id: 'argo-bluegreen',
    controller: CONTROLLERS.argo,
    rested: () => rolloutIs(run, /Healthy/, 2),
    raise: async () => {
      await done(setRolloutImage(run, imageOf(NEW)));
      await rolloutIs(run, /Paused/, 4);
    },
    forward: () => run(['argo', 'rollouts', 'promote', 'podinfo']),
    back: () => run(['argo', 'rollouts', 'undo', 'podinfo']),
    settled: nothing,
    serving: 'rollout/podinfo',
    weighted: null,
    setImage: (image) => setRolloutImage(run, image),
  };
}

/** After an abort the Rollout is degraded, and the retry of the same version is what follows. */
function argoCanary(run: Run): Way {
  return {
    id: 'argo-canary',
    controller: CONTROLLERS.argo,
    rested: () => rolloutIs(run, /Healthy|Degraded/, 2),
    raise: async () => {
      const aborted = (await rollout(run, '{.status.abort}')) === 'true';
      await done(
        aborted ? run(['argo', 'rollouts', 'retry', 'rollout', 'podinfo']) : setRolloutImage(run, imageOf(NEW)),
      );
      await rolloutIs(run, /Paused/, 4);
    },
    forward: () => run(['argo', 'rollouts', 'promote', 'podinfo']),
    back: () => run(['argo', 'rollouts', 'abort', 'podinfo']),
    settled: nothing,
    serving: 'rollout/podinfo',
    weighted: [entry('podinfo-stable'), entry('podinfo-canary')],
    setImage: (image) => setRolloutImage(run, image),
  };
}

/** The gate of its load tester is what a person opens; without a gate a new image is all that a release needs. */
function flagger(run: Run): Way {
  const service = `/api/v1/namespaces/${namespaceOf('flagger')}/services/flagger-loadtester:80/proxy/gate`;
  function gate(verb: 'open' | 'close'): Promise<Result> {
    const body = JSON.stringify({ name: 'podinfo', namespace: namespaceOf('flagger') });
    return run(['create', '--raw', `${service}/${verb}`, '-f', '-'], body);
  }
  function setImage(image: string): Promise<Result> {
    return run(['set', 'image', 'deployment/podinfo', `podinfo=${image}`]);
  }
  function phase(): Promise<string> {
    return done(run(['get', 'canary', 'podinfo', '-o', 'jsonpath={.status.phase}']));
  }
  function phaseIs(wanted: RegExp): Promise<void> {
    return eventually(`the Canary is ${wanted.source}`, async () => wanted.test(await phase()));
  }
  return {
    id: 'flagger',
    controller: CONTROLLERS.flagger,
    rested: async () => {
      await phaseIs(/^(Initialized|Succeeded)$/);
      await done(gate('close'));
    },
    raise: async () => {
      await done(setImage(imageOf(NEW)));
      await eventually('the Canary waits with the new version', async () => {
        const images = 'jsonpath={.items[*].spec.containers[0].image}';
        const pods = await done(run(['get', 'pods', '-l', 'app=podinfo', '-o', images]));
        return pods.includes(imageOf(NEW)) && /^WaitingPromotion$/.test(await phase());
      });
    },
    forward: () => gate('open'),
    back: () => setImage(imageOf(OLD)),
    settled: () => phaseIs(/^Succeeded$/),
    serving: 'deployment/podinfo-primary',
    // As it writes them itself; an entry without a namespace is another one for it.
    weighted: [
      { ...entry('podinfo-primary'), namespace: namespaceOf('flagger') },
      { ...entry('podinfo-canary'), namespace: namespaceOf('flagger') },
    ],
    setImage,
  };
}
