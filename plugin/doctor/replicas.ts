import { hasStatus } from '../../common/kube/errors.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import { webhookPods } from './webhook-pods.ts';
import { UNAVAILABLE } from '../../common/http-status.ts';
import type { JsonObject } from '../../common/json.ts';
import { at, get, list, number, text } from '../../common/json.ts';
import { objectsAt, stringAt } from '../../common/json-paths.ts';
import { hasReadyCondition, nameOf } from '../../common/objects.ts';
import { VERSION } from '../../common/version.ts';
import { describeError } from '../kube/errors.ts';
import { diagnose } from '../pods/diagnose.ts';
import { findingsOf } from './finding.ts';
import type { DoctorContext, DoctorFinding } from './finding.ts';
import { isSkewed, tagOf } from './versions.ts';

const { ok, warn, fail, unknown } = findingsOf('webhook-pods');
const OK = 'ok';

/** Whether the replicas of the webhook are ready, and of each that is not, why; and their versions. */
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
      ...versions(present),
    ];
  } catch (error) {
    return [unknown('the pods of the webhook could not be listed', describeError(error))];
  }
}

/** Why a pod is not ready: by its own status where it does not run, else by what it answers itself. */
async function explain(context: DoctorContext, pod: JsonObject, others: boolean): Promise<DoctorFinding> {
  const { session, io } = context;
  const make = others ? warn : fail;
  const what = `pod ${called(pod)} of the webhook is not ready`;
  const namespace = text(at(pod, 'metadata', 'namespace')) ?? '';
  const answer = runs(pod) ? await readAnswer(context, pod).catch(() => null) : null;
  if (answer !== null && answer !== OK)
    return make(`${what}: ${answer}`, 'See docs/certificates.md, and the log of the pod.');
  const query = { namespace, pods: [pod], owners: [] };
  const { lines } = await diagnose(session.client, query, io.interrupted);
  const described = `kubectl describe pod ${nameOf(pod)} -n ${namespace}`;
  if (lines.length === 0) return make(what, `To see the reason: ${described}`);
  return make(`${what}: ${lines.join('; ')}`, `${nextStep(lines.join(' '))} To see more: ${described}`);
}

function nextStep(why: string): string {
  if (/cannot be pulled/.test(why))
    return "Correct the chart's values image.registry, image.repository and image.tag, or imagePullSecrets, and upgrade the release.";
  if (why.startsWith('Unschedulable'))
    return 'Make room on the nodes, or correct nodeSelector, tolerations and resources.';
  return 'Correct the cause, and the pod becomes ready by itself.';
}

/** Whether its container runs, so that it can be asked. */
function runs(pod: JsonObject): boolean {
  const statuses = objectsAt(pod, 'status', 'containerStatuses');
  return statuses.length === 0 || statuses.some((status) => at(status, 'state', 'running') !== undefined);
}

/** What a replica says of itself although it is ready. */
async function remarkOf(context: DoctorContext, pod: JsonObject): Promise<readonly DoctorFinding[]> {
  const said = await readAnswer(context, pod).catch(() => null);
  if (said?.startsWith(`${OK}; `) !== true) return [];
  return [warn(`pod ${called(pod)} of the webhook: ${said.slice(OK.length + 2)}`)];
}

/** Whether chart, webhook and this plugin are of one version. */
function versions(pods: readonly JsonObject[]): readonly DoctorFinding[] {
  const version = findingsOf('webhook-version');
  const [first] = pods;
  const chart = stringAt(first, 'metadata', 'labels', 'helm.sh/chart')?.replace(/^.*?-(?=\d)/, '') ?? null;
  const images = [...new Set(pods.flatMap((pod) => stringAt(objectsAt(pod, 'spec', 'containers')[0], 'image') ?? []))];
  const tags = images.flatMap((image) => tagOf(image) ?? []);
  if (images.length > 1)
    return [
      version.warn(
        `replicas of the webhook run ${images.length} images: ${images.join(', ')}`,
        'An upgrade is in progress, or does not end: kubectl rollout status shows it.',
      ),
    ];
  // A tag of one's own says nothing of the version.
  const webhook =
    tags.find((tag) => /^v?\d+\.\d+/.test(tag)) ?? stringAt(first, 'metadata', 'labels', 'app.kubernetes.io/version');
  const all = `plugin ${VERSION}, webhook ${webhook ?? 'of an unknown version'}, chart ${chart ?? 'of an unknown version'}`;
  const skewed = [webhook, chart].filter((each) => isSkewed(each ?? '', VERSION) === true);
  if (skewed.length === 0) return webhook === undefined && chart === null ? [] : [version.ok(`versions: ${all}`)];
  return [
    version.warn(
      `versions differ: ${all}`,
      'They are released together, and each is tested with its own version of the others. Upgrade the older ones.',
    ),
  ];
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
