import { hasStatus } from '../../common/kube/errors.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import { NOT_FOUND } from '../../common/http-status.ts';
import { GROUPS, MODE_LABEL } from '../../webhook/policy/index.ts';
import type { Group } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { list } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import { describeError } from '../kube/errors.ts';
import { isServed } from '../kube/groups.ts';
import { messageOf } from '../../common/errors.ts';
import { objectAt, stringAt } from '../../common/json-paths.ts';
import { entriesOf, readConfigurations, SUFFIX } from '../webhook/configurations.ts';
import { guardingOf } from '../webhook/mode.ts';
import type { Guarding } from '../webhook/mode.ts';
import { certificates } from './certificates.ts';
import { findingsOf } from './finding.ts';
import type { DoctorContext, DoctorFinding } from './finding.ts';

const registered = findingsOf('webhook-configurations');
const failing = findingsOf('webhook-fails-closed');
const policy = findingsOf('webhook-policy');
const answering = findingsOf('webhook-answers');
const LABEL = 'app.kubernetes.io/name=bluegreen';

/** The entries of the webhook, their certificates, and whether it answers. */
export async function lookAtWebhook(context: DoctorContext): Promise<readonly DoctorFinding[]> {
  const entries = await Promise.all([readEntries(context, 'mutating'), readEntries(context, 'validating')]);
  const probes = await Promise.all(GROUPS.map((group) => probe(context, group)));
  // Of a namespace that is not guarded, both groups say the same.
  const answers = new Map(probes.flat().map((finding) => [finding.title, finding]));
  return [...entries.flat(), ...(await lookAtPolicy(context)), ...answers.values()];
}

async function readEntries(
  { session, io }: DoctorContext,
  kind: 'mutating' | 'validating',
): Promise<readonly DoctorFinding[]> {
  try {
    const ours = await readConfigurations(session.client, kind, io.interrupted);
    const entries = ours.flatMap(entriesOf);
    if (entries.length === 0) {
      return [registered.fail(`no ${kind} webhook is registered`, 'Switches are not validated. Install the chart.')];
    }
    return [
      registered.ok(`${entries.length} ${kind} webhooks are registered`),
      ...policies(entries, kind),
      ...certificates(entries, ours, kind, io.now()),
    ];
  } catch (error) {
    return [registered.unknown(`the ${kind} webhooks could not be read`, describeError(error))];
  }
}

function policies(entries: readonly JsonObject[], kind: string): readonly DoctorFinding[] {
  const promotion = entries.find((entry) => stringAt(entry, 'name') === `promotion${SUFFIX}`);
  if (kind !== 'validating' || promotion === undefined) return [];
  if (stringAt(promotion, 'failurePolicy') === 'Fail')
    return [failing.ok('promotions are denied while the webhook is down')];
  return [
    failing.warn(
      'promotions are allowed while the webhook is down (failurePolicy Ignore)',
      'Only the ValidatingAdmissionPolicy applies then. The webhook sets failurePolicy to Fail once the API server has reached it: check that its pods are ready and read their log.',
    ),
  ];
}

async function lookAtPolicy({ session, io }: DoctorContext): Promise<readonly DoctorFinding[]> {
  try {
    const path = resourcePath('admissionregistration.k8s.io/v1', 'validatingadmissionpolicies');
    const found = await session.client.list(path, { query: { labelSelector: LABEL }, signal: io.interrupted });
    if (found.length === 0) {
      return [
        policy.warn(
          'there is no ValidatingAdmissionPolicy of the chart',
          'Weights are not checked while the webhook is down. The chart installs the policy; it needs Kubernetes 1.30 or later. Install or upgrade the chart.',
        ),
      ];
    }
    const problems = found.flatMap((each) => list(objectAt(each, 'status', 'typeChecking')['expressionWarnings']));
    if (problems.length === 0)
      return [
        policy.ok(`the API server itself checks weights: ValidatingAdmissionPolicy ${found.map(nameOf).join(', ')}`),
      ];
    return [
      policy.warn(
        'the ValidatingAdmissionPolicy has type warnings',
        'The API server does not know a field that it uses. Check that the custom resource definitions of Traefik are installed.',
      ),
    ];
  } catch (error) {
    return [policy.unknown('the ValidatingAdmissionPolicy could not be read', describeError(error))];
  }
}

/** Asks the API server to create what has to be denied, as a dry run, and sees who denies. */
async function probe({ session, io, namespace }: DoctorContext, group: Group): Promise<readonly DoctorFinding[]> {
  const place = namespace ?? session.namespace;
  const object = {
    apiVersion: `${group}/v1alpha1`,
    kind: 'TraefikService',
    metadata: { generateName: 'bluegreen-doctor-', namespace: place },
    spec: {
      weighted: {
        services: [
          { name: 'doctor-blue', port: 80, weight: 60 },
          { name: 'doctor-green', port: 80, weight: 30 },
        ],
      },
    },
  };
  const path = resourcePath(`${group}/v1alpha1`, 'traefikservices', { namespace: place });
  try {
    await session.client.create(path, object, { query: { dryRun: 'All' }, signal: io.interrupted, quiet: true });
    const guarding = await guardingOf(session.client, place, io.interrupted).catch(() => null);
    return [accepted(guarding, group, place)];
  } catch (error) {
    const finding = judgeDenial(error, group, place);
    if (finding === null) return [];
    return finding.state !== 'unknown' || (await isServed(session.client, group)) ? [finding] : [];
  }
}

/** What it means that invalid weights are accepted. */
function accepted(guarding: Guarding | null, group: Group, place: string): DoctorFinding {
  if (guarding === 'warn' || guarding === 'audit')
    return answering.ok(`namespace ${place} has the mode ${guarding}: findings for ${group} are reported, not denied`);
  if (guarding === 'own')
    return answering.warn(
      `namespace ${place} is that of the webhook, which is never guarded`,
      'Keep releases in other namespaces, and check these with -n or -A.',
    );
  if (guarding === 'off' || guarding === 'excluded')
    return answering.warn(
      `namespace ${place} is not guarded (${guarding === 'off' ? 'mode off' : "the chart's value excludedNamespaces"})`,
      guarding === 'off'
        ? `To guard it: kubectl label namespace ${place} --overwrite ${MODE_LABEL}=enforce`
        : 'Remove it from that value, or check another namespace with -n.',
    );
  return answering.fail(
    `invalid weights of ${group} TraefikServices are accepted in namespace ${place}`,
    'A TraefikService at 60/30 would be accepted. Check that the webhook is installed, and that its pods are ready.',
  );
}

/** Null where the group is not installed. */
function judgeDenial(error: unknown, group: Group, place: string): DoctorFinding | null {
  const text = messageOf(error);
  if (/admission webhook "\w+\.bluegreen\.dev" denied/.test(text))
    return answering.ok(`the webhook answers for ${group}`);
  if (text.includes('ValidatingAdmissionPolicy')) {
    return answering.fail(
      `the webhook does not answer for ${group}`,
      'Only the ValidatingAdmissionPolicy denies invalid weights; weights are not filled in, and switches and smoke tests are not recorded. Check the pods of the webhook.',
    );
  }
  if (hasStatus(error, NOT_FOUND)) return null;
  return answering.unknown(`the webhook could not be tested for ${group} in namespace ${place}`, describeError(error));
}
