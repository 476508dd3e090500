import type { JsonObject } from '../../common/json.ts';
import { get, number } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import { objectAt, objectsAt, stringAt } from '../../common/json-paths.ts';
import { oneLine } from '../printers/line.ts';

/** Why a pod does not get ready. */
export interface Trouble {
  readonly pod: string;
  /** In one line, without the pod's name. */
  readonly text: string;
  /** No amount of waiting cures it. */
  readonly hopeless: boolean;
  /** A container whose last words say more, and whether they are those of its previous instance. */
  readonly log: { readonly container: string; readonly previous: boolean } | null;
  /** Running, but not ready: the events know what the probe said. */
  readonly unready: boolean;
}

/** Words of registries for what is not there. */
const ABSENT = /not found|manifest unknown|does not exist|no such image|MANIFEST_UNKNOWN/i;
/** What others put around the error itself. */
const WRAPPING = /^(?:rpc error|code = \w+ desc = .*|ErrImagePull)$/;
const PULL = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
]);
const NEVER = new Set(['InvalidImageName', 'ErrImageNeverPull']);
const CONFIG = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);

/** What is wrong with a pod that is not ready, by its own status; null where it only needs time. */
export function troubleOf(pod: JsonObject): Trouble | null {
  const statuses = [
    ...objectsAt(pod, 'status', 'initContainerStatuses'),
    ...objectsAt(pod, 'status', 'containerStatuses'),
  ];
  for (const status of statuses) {
    const found = ofContainer(pod, status);
    if (found !== null) return found;
  }
  return unscheduled(pod) ?? evicted(pod) ?? notReady(pod, statuses);
}

function trouble(pod: JsonObject, text: string, more: Partial<Trouble> = {}): Trouble {
  return {
    pod: nameOf(pod),
    text: oneLine(text),
    hopeless: false,
    log: null,
    unready: false,
    ...more,
  };
}

function ofContainer(pod: JsonObject, status: JsonObject): Trouble | null {
  const container = stringAt(status, 'name') ?? '';
  const reason = stringAt(status, 'state', 'waiting', 'reason') ?? '';
  const message = stringAt(status, 'state', 'waiting', 'message') ?? '';
  if (PULL.has(reason)) {
    const image = stringAt(status, 'image') || imageOf(pod, container);
    const text = `${reason}: image ${image} cannot be pulled (${pullReason(message, image)})`;
    return trouble(pod, text, { hopeless: NEVER.has(reason) || ABSENT.test(message) });
  }
  if (CONFIG.has(reason)) return trouble(pod, `${reason}: container ${container}: ${message}`);
  const ended = objectAt(status, 'state', 'terminated');
  const before = objectAt(status, 'lastState', 'terminated');
  const crashed = reason === 'CrashLoopBackOff' ? before : failed(ended) ? ended : null;
  if (crashed === null) return null;
  const restarts = number(get(status, 'restartCount')) ?? 0;
  const word = reason || stringAt(crashed, 'reason') || 'Error';
  const again = restarts === 0 ? '' : `, restarted ${restarts} time${restarts === 1 ? '' : 's'}`;
  return trouble(pod, `${word}: container ${container} ended with ${endOf(crashed)}${again}`, {
    log: { container, previous: reason === 'CrashLoopBackOff' },
  });
}

function failed(ended: JsonObject): boolean {
  const code = number(get(ended, 'exitCode'));
  return code !== null && code !== 0;
}

/** How a container ended: `exit code 1`, `exit code 137 (OOMKilled)`. */
export function endOf(terminated: JsonObject): string {
  const reason = stringAt(terminated, 'reason') ?? '';
  const code = number(get(terminated, 'exitCode')) ?? 0;
  return `exit code ${code}${['', 'Error', 'Completed'].includes(reason) ? '' : ` (${reason})`}`;
}

function unscheduled(pod: JsonObject): Trouble | null {
  const condition = conditionOf(pod, 'PodScheduled');
  if (stringAt(condition, 'status') !== 'False') return null;
  const message = stringAt(condition, 'message') ?? stringAt(condition, 'reason') ?? '';
  return trouble(
    pod,
    `Unschedulable: ${message.replace(/\. preemption: .*$/s, '').replace(/, no new claims.*$/s, '')}`,
  );
}

function evicted(pod: JsonObject): Trouble | null {
  if (stringAt(pod, 'status', 'phase') !== 'Failed') return null;
  const reason = stringAt(pod, 'status', 'reason') ?? 'Failed';
  return trouble(pod, `${reason}: ${stringAt(pod, 'status', 'message') ?? 'the pod has failed'}`);
}

function notReady(pod: JsonObject, statuses: readonly JsonObject[]): Trouble | null {
  const running = statuses.filter((status) => stringAt(status, 'state', 'running', 'startedAt') !== undefined);
  const waiting = running.find((status) => get(status, 'ready') === false);
  if (stringAt(pod, 'status', 'phase') !== 'Running' || waiting === undefined) return null;
  const container = stringAt(waiting, 'name') ?? '';
  return trouble(pod, `NotReady: container ${container} runs, but does not get ready`, { unready: true });
}

function conditionOf(pod: JsonObject, type: string): JsonObject | undefined {
  return objectsAt(pod, 'status', 'conditions').find((each) => stringAt(each, 'type') === type);
}

function imageOf(pod: JsonObject, container: string): string {
  const containers = [...objectsAt(pod, 'spec', 'initContainers'), ...objectsAt(pod, 'spec', 'containers')];
  return (
    stringAt(
      containers.find((each) => stringAt(each, 'name') === container),
      'image',
    ) ?? ''
  );
}

/** The last, most telling part of the container runtime's chain of errors. */
function pullReason(message: string, image: string): string {
  const words = message.replaceAll(/["']/g, '').replace(/^Back-off pulling image [^:]*:?\S*\s?/, '');
  const chain = words.split(': ').map((part) => part.trim());
  const telling = chain.filter((part) => part !== '' && !part.includes(image) && !WRAPPING.test(part));
  return telling.slice(-2).join(': ') || 'it is tried again';
}
