import { hasStatus } from '../../common/kube/errors.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import { webhookPods } from './webhook-pods.ts';
import { UNAVAILABLE } from '../../common/http-status.ts';
import type { JsonObject } from '../../common/json.ts';
import { at, get, list, number, text } from '../../common/json.ts';
import { objectsAt } from '../../common/json-paths.ts';
import { hasReadyCondition, nameOf } from '../../common/objects.ts';
import { describeError } from '../kube/errors.ts';
import { findingsOf } from './finding.ts';
import type { DoctorContext, DoctorFinding } from './finding.ts';

const { ok, warn, fail, unknown } = findingsOf('webhook');
const OK = 'ok';

/** Whether the replicas of the webhook are ready, and of each that is not, why, in its own words. */
export async function lookAtReplicas(context: DoctorContext): Promise<readonly DoctorFinding[]> {
  try {
    const present = await webhookPods(context);
    if (present.length === 0) return [fail('no pod of the webhook was found', 'Install the chart.')];
    const late = present.filter((pod) => !hasReadyCondition(pod));
    const ready = present.filter(hasReadyCondition);
    const [why, remarks] = await Promise.all([
      Promise.all(late.map((pod) => explain(context, pod, ready.length > 0))),
      Promise.all(ready.map((pod) => remarkOf(context, pod))),
    ]);
    return [
      ...(ready.length > 0 ? [ok(`ready replicas of the webhook: ${ready.length}`)] : []),
      ...remarks.flat(),
      ...why,
    ];
  } catch (error) {
    return [unknown('the pods of the webhook could not be listed', describeError(error))];
  }
}

async function explain(context: DoctorContext, pod: JsonObject, others: boolean): Promise<DoctorFinding> {
  const make = others ? warn : fail;
  const what = `pod ${called(pod)} of the webhook is not ready`;
  const reason = await readAnswer(context, pod).catch(() => null);
  if (reason === null || reason === OK) return make(what, 'kubectl describe shows the reason.');
  return make(`${what}: ${reason}`, 'See docs/certificates.md, and the log of the pod.');
}

/** What a replica says of itself although it is ready. */
async function remarkOf(context: DoctorContext, pod: JsonObject): Promise<readonly DoctorFinding[]> {
  const said = await readAnswer(context, pod).catch(() => null);
  if (said?.startsWith(`${OK}; `) !== true) return [];
  return [warn(`pod ${called(pod)} of the webhook: ${said.slice(OK.length + 2)}`)];
}

function called(pod: JsonObject): string {
  return `${text(at(pod, 'metadata', 'namespace')) ?? ''}/${nameOf(pod)}`;
}

/** What its probe answers: `ok`, with a remark where there is one, or why it is not ready. */
async function readAnswer({ session, io }: DoctorContext, pod: JsonObject): Promise<string | null> {
  const namespace = text(at(pod, 'metadata', 'namespace')) ?? '';
  const path = `${resourcePath('v1', 'pods', { namespace, name: nameOf(pod) })}:${probePort(pod)}/proxy/readyz`;
  try {
    for await (const line of session.client.lines(path, { signal: io.interrupted })) return line;
    return null;
  } catch (error) {
    if (!hasStatus(error, UNAVAILABLE)) throw error;
    return text(at(objectsAt(error.status, 'details', 'causes')[0] ?? null, 'message'));
  }
}

function probePort(pod: JsonObject): number {
  const ports = list(at(pod, 'spec', 'containers')).flatMap((container) => list(get(container, 'ports')));
  return (
    number(
      get(
        ports.find((port) => get(port, 'name') === 'probes'),
        'containerPort',
      ),
    ) ?? 10_261
  );
}
