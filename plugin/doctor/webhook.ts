import { hasStatus } from '../../common/kube/errors.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import { NOT_FOUND } from '../../common/http-status.ts';
import { GROUPS } from '../../webhook/policy/index.ts';
import type { Group } from '../../webhook/policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import { list } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import { describeError } from '../kube/errors.ts';
import { isServed } from '../kube/groups.ts';
import { messageOf } from '../../common/errors.ts';
import { objectAt, stringAt } from '../../common/json-paths.ts';
import { entriesOf, readConfigurations, SUFFIX } from '../webhook/configurations.ts';
import { certificates } from './certificates.ts';
import { findingsOf } from './finding.ts';
import type { DoctorContext, DoctorFinding } from './finding.ts';

const { ok, warn, fail, unknown } = findingsOf('webhook');
const LABEL = 'app.kubernetes.io/name=bluegreen';

/** The entries of the webhook, their certificates, and whether it answers. */
export async function lookAtWebhook(context: DoctorContext): Promise<readonly DoctorFinding[]> {
  const entries = await Promise.all([readEntries(context, 'mutating'), readEntries(context, 'validating')]);
  const probes = await Promise.all(GROUPS.map((group) => probe(context, group)));
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
      return [fail(`no ${kind} webhook is registered`, 'Switches are not validated. Install the chart.')];
    }
    return [
      ok(`${entries.length} ${kind} webhooks are registered`),
      ...policies(entries, kind),
      ...certificates(entries, ours, kind, io.now()),
    ];
  } catch (error) {
    return [unknown(`the ${kind} webhooks could not be read`, describeError(error))];
  }
}

function policies(entries: readonly JsonObject[], kind: string): readonly DoctorFinding[] {
  const promotion = entries.find((entry) => stringAt(entry, 'name') === `promotion${SUFFIX}`);
  if (kind !== 'validating' || promotion === undefined) return [];
  if (stringAt(promotion, 'failurePolicy') === 'Fail') return [ok('promotions are denied while the webhook is down')];
  return [
    warn(
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
        warn(
          'there is no ValidatingAdmissionPolicy of the chart',
          'Weights are not checked while the webhook is down. The chart installs the policy; it needs Kubernetes 1.30 or later. Install or upgrade the chart.',
        ),
      ];
    }
    const problems = found.flatMap((policy) => list(objectAt(policy, 'status', 'typeChecking')['expressionWarnings']));
    if (problems.length === 0)
      return [ok(`the API server itself checks weights: ValidatingAdmissionPolicy ${found.map(nameOf).join(', ')}`)];
    return [
      warn(
        'the ValidatingAdmissionPolicy has type warnings',
        'The API server does not know a field that it uses. Check that the custom resource definitions of Traefik are installed.',
      ),
    ];
  } catch (error) {
    return [unknown('the ValidatingAdmissionPolicy could not be read', describeError(error))];
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
    return [
      fail(
        `invalid weights of ${group} TraefikServices are accepted in namespace ${place}`,
        `A TraefikService at 60/30 would be accepted. Check that the webhook is running and that the mode of the namespace is enforce (label bluegreen.dev/mode).`,
      ),
    ];
  } catch (error) {
    const finding = judgeDenial(error, group, place);
    const served = finding.state !== 'unknown' || (await isServed(session.client, group));
    return [served ? finding : ok(`${group} is not installed`)];
  }
}

function judgeDenial(error: unknown, group: Group, place: string): DoctorFinding {
  const text = messageOf(error);
  if (/admission webhook "\w+\.bluegreen\.dev" denied/.test(text)) return ok(`the webhook answers for ${group}`);
  if (text.includes('ValidatingAdmissionPolicy')) {
    return fail(
      `the webhook does not answer for ${group}`,
      'Only the ValidatingAdmissionPolicy denies invalid weights; weights are not filled in, and switches and smoke tests are not recorded. Check the pods of the webhook.',
    );
  }
  if (hasStatus(error, NOT_FOUND)) {
    // A namespace that does not exist is as "not found" as a group that is not installed.
    if (stringAt(error.status, 'details', 'kind') === 'namespaces')
      return fail(`namespace ${place} does not exist`, 'Choose another with -n, or check all with -A.');
    return ok(`${group} is not installed`);
  }
  return unknown(`the webhook could not be tested for ${group} in namespace ${place}`, describeError(error));
}
