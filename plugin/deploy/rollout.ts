import { resourcePath } from '../../common/kube/paths.ts';
import type { Color, ColorFacts } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { isReady, nameOf } from '../../common/objects.ts';
import { podsOf } from '../pods/list.ts';
import type { Call } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { UserError } from '../kube/errors.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import { commandLine } from '../traefikservice/names.ts';
import { diagnose } from '../pods/diagnose.ts';
import { askFacts } from '../switch/preflight.ts';
import type { Session } from '../cli/session.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import type { ContainerImage } from './images.ts';
import type { ColorWorkload } from './workload.ts';

/** What is waited for. */
export interface Goal {
  readonly color: Color;
  readonly workload: ColorWorkload;
  /** Images that the pods have to run. */
  readonly images: readonly ContainerImage[];
  /** Milliseconds; 0 looks once. */
  readonly timeout: number;
  /** Null for one that stayed in the list; see `DeployPlan`. */
  readonly detach: string | null;
}

/** Milliseconds between two looks. */
const POLL = 400;
/** Every so many looks it is asked why pods do not get ready. */
const LOOK_CLOSER = 4;

/**
 * Waits until a color has settled: every replica of one revision with the images is ready. What keeps its pods from
 * that is told as soon as it is known. Throws at once where no waiting helps, and with the time-out's exit code when it
 * takes too long.
 */
export async function awaitRollout(call: Call, session: Session, found: TraefikServiceRef, goal: Goal): Promise<void> {
  const { io, paint } = call;
  const deadline = io.now().getTime() + goal.timeout;
  const service = found.pair[goal.color];
  const told = new Set<string>();
  let progress = '';
  for (let look = 0; ; look += 1) {
    const facts = await askFacts(session, found, io);
    io.interrupted.throwIfAborted();
    const now = facts.known ? progressOf(facts[goal.color], goal) : { done: false, text: facts.reason };
    if (now.done) return;
    const late = io.now().getTime() >= deadline;
    if (now.text !== progress) io.err.write(`${paint.err.dim(`${service}:`)} ${now.text}\n`);
    progress = now.text;
    if (late || look % LOOK_CLOSER === LOOK_CLOSER - 1) {
      const { lines, hopeless } = await why(call, session, found, goal);
      if (late || hopeless) throw notReady(found, goal, { lines, hopeless, progress });
      for (const line of lines.filter((each) => !told.has(each))) {
        told.add(line);
        io.err.write(`  ${paint.err.warn(line)}\n`);
      }
    }
    await io.sleep(POLL, io.interrupted);
  }
}

function progressOf(color: ColorFacts, { images }: Goal): { readonly done: boolean; readonly text: string } {
  const { workload, readyEndpoints: ready, revisions } = color;
  if (workload === null) return { done: false, text: 'no pod yet' };
  const [only] = revisions;
  const right = revisions.length === 1 && images.every(({ image }) => only?.images.includes(image));
  // An autoscaler may be on its way down.
  const text = `${Math.min(ready, workload.replicas)} of ${workload.replicas} ready`;
  if (!right && revisions.length > 0)
    return { done: false, text: `${text}, pods of the former version are still there` };
  const enough = workload.replicas > 0 && ready >= workload.replicas;
  return { done: right && enough && workload.unsettled === null, text };
}

async function why(
  { io }: Call,
  session: Session,
  found: TraefikServiceRef,
  { color, workload, images }: Goal,
): Promise<Awaited<ReturnType<typeof diagnose>>> {
  const { namespace } = found;
  const path = resourcePath('apps/v1', 'replicasets', { namespace });
  const [{ pods }, sets] = await Promise.all([
    podsOf(session, found, color, io.interrupted),
    workload.kind === 'Deployment' ? session.client.list(path, { signal: io.interrupted }) : [],
  ]);
  const owned = sets.filter((set) =>
    objectsAt(set, 'metadata', 'ownerReferences').some((owner) => stringAt(owner, 'name') === workload.name),
  );
  function runs(containers: readonly object[]): boolean {
    return images.every(({ image }) => containers.some((each) => stringAt(each, 'image') === image));
  }
  const owners = workload.kind === 'Deployment' ? owned : [workload.object];
  // Pods of the former version may be on their way out for a while: they explain nothing.
  const present = pods.filter((pod) => runs(containersIn(pod, 'spec')));
  const query = {
    namespace,
    pods: present,
    owners: owners.filter((owner) => runs(containersIn(owner, 'spec', 'template', 'spec'))),
  };
  const { lines, hopeless } = await diagnose(session.client, query, io.interrupted);
  const stuck =
    workload.kind === 'StatefulSet'
      ? stuckPods(
          pods.filter((pod) => !present.includes(pod)),
          found,
        )
      : [];
  return { lines: [...lines, ...stuck], hopeless };
}

/** A StatefulSet waits for a pod of the former version to get ready before it replaces it, which may be never. */
function stuckPods(former: readonly JsonObject[], { namespace }: TraefikServiceRef): readonly string[] {
  const broken = former.filter((pod) => !isReady(pod) && stringAt(pod, 'metadata', 'deletionTimestamp') === undefined);
  return broken.map((pod) => {
    const name = nameOf(pod);
    return `pod ${name} is of the former version and not ready, and the StatefulSet waits for it. To have it replaced: kubectl delete pod ${name} -n ${namespace}`;
  });
}

function containersIn(object: object, first: string, ...rest: readonly string[]): readonly object[] {
  return [...objectsAt(object, first, ...rest, 'containers'), ...objectsAt(object, first, ...rest, 'initContainers')];
}

function notReady(
  found: TraefikServiceRef,
  { color, timeout, detach }: Goal,
  {
    lines,
    hopeless,
    progress,
  }: { readonly lines: readonly string[]; readonly hopeless: boolean; readonly progress: string },
): UserError {
  const service = found.pair[color];
  const what = hopeless
    ? `${service} does not get ready (${progress})`
    : `timed out after ${timeout / 1000}s waiting for ${service} to be ready (${progress})`;
  const reasons = lines.length === 0 ? ['no reason is known'] : lines;
  const out = detach === null ? '' : `, and ${service} stays out of the list`;
  const next = `Production is as it was${out}. To go on waiting, or with another --image: ${commandLine('deploy', found)}`;
  return new UserError(
    [`${what}:`, ...reasons.map((line) => `  - ${line}`), next].join('\n'),
    hopeless ? EXIT.error : EXIT.timeout,
  );
}
