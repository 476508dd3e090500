import { NOT_FOUND } from '../../common/http-status.ts';
import { at, text } from '../../common/json.ts';
import { unlessStatus } from '../../common/kube/errors.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import { nameOf } from '../../common/objects.ts';
import { COLORS, effectiveWeight, manifestWeights, MODE_LABEL, stateOf } from '../../webhook/policy/index.ts';
import { describeError } from '../kube/errors.ts';
import { resourceName } from '../traefikservice/find.ts';
import type { TraefikServiceRef } from '../traefikservice/find.ts';
import { entriesOf, isRecorder, readConfigurations } from '../webhook/configurations.ts';
import { findingsOf } from './finding.ts';
import type { DoctorContext, DoctorFinding } from './finding.ts';

const { ok, warn, unknown } = findingsOf('weights-filled');
const ADMISSION = 'admissionregistration.k8s.io';
const LABEL = 'app.kubernetes.io/name=bluegreen';

/**
 * What fills in the weights that manifests leave out. Where nothing does, their next apply takes the weights away: Traefik
 * counts a missing one as 1 and splits production.
 */
export async function lookAtWeights(
  context: DoctorContext,
  found: readonly TraefikServiceRef[],
): Promise<readonly DoctorFinding[]> {
  const policies = await fillingPolicies(context);
  if ('error' in policies) return [unknown('the MutatingAdmissionPolicies could not be read', policies.error)];
  return policies.names.length === 0
    ? weightless(context, found)
    : [ok(`the API server itself fills in missing weights: MutatingAdmissionPolicy ${policies.names.join(', ')}`)];
}

type Policies = { readonly names: readonly string[] } | { readonly error: string };

/** The chart's policies, in whichever version the cluster serves them. */
async function fillingPolicies({ session, io }: DoctorContext): Promise<Policies> {
  const options = { query: { labelSelector: LABEL }, signal: io.interrupted };
  try {
    for (const version of ['v1', 'v1beta1']) {
      const path = resourcePath(`${ADMISSION}/${version}`, 'mutatingadmissionpolicies');
      const policies = await unlessStatus([NOT_FOUND], null, session.client.list(path, options));
      if (policies !== null) return { names: policies.map(nameOf) };
    }
    return { names: [] };
  } catch (error) {
    return { error: describeError(error) };
  }
}

/** Manifests that leave weights out where nothing but the webhook fills them in. */
async function weightless(
  context: DoctorContext,
  found: readonly TraefikServiceRef[],
): Promise<readonly DoctorFinding[]> {
  const all = found.map((each) => ({ each, weights: manifestWeights(each.object, each.pair) }));
  const risky = all.filter(({ weights }) => weights === 'left out' || weights === 'unknown');
  const registered = await isRegistered(context);
  const off = await namespacesOff(
    context,
    risky.map(({ each }) => each.namespace),
  );
  const unfilled = risky.filter(({ each }) => !registered || off.has(each.namespace));
  const filled = risky.filter(
    ({ each, weights }) => !unfilled.some((one) => one.each === each) && weights === 'left out',
  );
  return [
    ...unfilled.map(({ each, weights }) => dangerous(each, weights === 'left out')),
    ...(filled.length === 0
      ? []
      : [
          ok(
            `the webhook fills in the weights that manifests leave out (${filled.map(({ each }) => labelOf(each)).join(', ')}): write them into these manifests before the mode off or an uninstall`,
          ),
        ]),
  ];
}

function dangerous(found: TraefikServiceRef, known: boolean): DoctorFinding {
  const { object, pair } = found;
  const state = stateOf(object, pair);
  const weights = COLORS.flatMap((color) =>
    state[color] === null ? [] : [`${pair[color]} ${effectiveWeight(state[color])}`],
  );
  const title = known
    ? `the manifest of ${labelOf(found)} leaves weights out, and nothing fills them in`
    : `${labelOf(found)} is applied server-side, and nothing fills in the weights that its manifest may leave out`;
  return warn(title, `Its next apply would split production. Write the weights into it: ${weights.join(', ')}.`);
}

function labelOf(found: TraefikServiceRef): string {
  return `${found.namespace}/${resourceName(found)}`;
}

/** Whether the webhook that fills in weights is registered; where that cannot be read, it is taken to be. */
async function isRegistered({ session, io }: DoctorContext): Promise<boolean> {
  try {
    const configurations = await readConfigurations(session.client, 'mutating', io.interrupted);
    return configurations.flatMap(entriesOf).some(isRecorder);
  } catch {
    return true;
  }
}

/** Those of the namespaces whose label turns the webhook off, as far as they can be read. */
async function namespacesOff({ session, io }: DoctorContext, names: readonly string[]): Promise<ReadonlySet<string>> {
  const read = await Promise.allSettled(
    [...new Set(names)].map((name) =>
      session.client.get(resourcePath('v1', 'namespaces', { name }), { signal: io.interrupted }),
    ),
  );
  return new Set(
    read.flatMap((answer) =>
      answer.status === 'fulfilled' && text(at(answer.value, 'metadata', 'labels', MODE_LABEL)) === 'off'
        ? [nameOf(answer.value)]
        : [],
    ),
  );
}
