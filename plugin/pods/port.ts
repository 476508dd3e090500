import type { Color } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { get, number, text } from '../../common/json.ts';
import { isReady, nameOf } from '../../common/objects.ts';
import { podsOf } from './list.ts';
import type { Call } from '../cli/command.ts';
import type { PodPort } from '../kube/port-forward.ts';
import { UsageError, UserError } from '../kube/errors.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import type { Session } from '../cli/session.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';

/**
 * A ready pod of a color, and the number of the port there that a port of the Service leads to: the given one, by number
 * or name, else its first.
 */
export async function choosePodPort(
  call: Call,
  session: Session,
  found: TraefikServiceRef,
  color: Color,
  port: string | undefined,
): Promise<PodPort> {
  const { service, pods } = await podsOf(session, found, color, call.io.interrupted);
  const ready = pods.filter(isReady);
  const pod = ready[Math.floor(call.io.now().getTime() % Math.max(1, ready.length))];
  if (pod === undefined) {
    throw new UserError(
      `no pod behind Service ${found.pair[color]} is ready: 'kubectl get pods -n ${found.namespace}' shows why`,
    );
  }
  return { namespace: found.namespace, pod: nameOf(pod), port: podPort(service, pod, port) };
}

function podPort(service: JsonObject, pod: JsonObject, wanted: string | undefined): number {
  const ports = objectsAt(service, 'spec', 'ports');
  const port = ports.find(
    (each) => wanted === undefined || number(get(each, 'port')) === Number(wanted) || get(each, 'name') === wanted,
  );
  if (port === undefined) throw new UsageError(`Service ${nameOf(service)} has no port "${wanted}"`);
  const target = get(port, 'targetPort') ?? get(port, 'port');
  const plain = number(target);
  if (plain !== null) return plain;
  const containers = objectsAt(pod, 'spec', 'containers').flatMap((container) => objectsAt(container, 'ports'));
  const named = containers.find((each) => stringAt(each, 'name') === target);
  const resolved = number(get(named, 'containerPort'));
  if (resolved !== null) return resolved;
  throw new UserError(`pod ${nameOf(pod)} has no port named "${text(target) ?? ''}"`);
}
