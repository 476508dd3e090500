import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, get, list, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { RELEASE } from '../cluster/index.ts';
import type { Kube } from '../cluster/index.ts';
import { clientProgram, versions } from '../cluster/versions.ts';
import { run } from '../../scripts/lib/run.ts';
import type { Result } from '../../scripts/lib/run.ts';
import { parseObjects } from '../yaml.ts';

const ROOT = join(import.meta.dirname, '..', '..');
export const CHART = join(ROOT, 'charts', 'bluegreen');
export const NAMESPACE = 'bluegreen-system';

/** The text of a file, by its path in the repository. */
export function fileText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

// Where nobody told it otherwise, a Helm built from source takes itself to be on Kubernetes 1.20. An image that is on
// every node needs no registry.
const PLACE = ['--namespace', NAMESPACE, '--kube-version', '1.37.2', '--set', 'image.pullPolicy=Never'];

/** Runs helm without a cluster. */
export function helm(args: readonly string[]): Promise<Result> {
  return run(clientProgram('helm'), args);
}

/** What `helm template` says of the chart with these `--set` values. */
export function template(values: readonly string[] = [], flags: readonly string[] = []): Promise<Result> {
  return helm(['template', 'bluegreen', CHART, ...PLACE, ...values.flatMap((value) => ['--set', value]), ...flags]);
}

/**
 * What `helm rollback` to the first installation needs: Helm 4 applies on the server, where the failurePolicy belongs to the
 * webhook, which has set it since.
 */
export function backFlags(): readonly string[] {
  return versions().helm === '4' ? ['--force-conflicts'] : [];
}

/** What the chart's release left of the kinds that it renders. */
export async function leftovers(kube: Kube): Promise<string> {
  const kinds = [
    'mutatingwebhookconfigurations,validatingwebhookconfigurations',
    'validatingadmissionpolicies,validatingadmissionpolicybindings',
    'clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts',
    'deployments,services,secrets,poddisruptionbudgets',
  ].join(',');
  return kube.kubectlOk(['get', kinds, '-A', '-l', `app.kubernetes.io/instance=${RELEASE.name}`, '-o', 'name']);
}

/** For `template` and `render`: a cluster that serves MutatingAdmissionPolicies, as the test cluster does. */
export const MUTATING_POLICIES = ['--api-versions', 'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy'];

/** The objects that the chart renders, hooks included. */
export async function render(
  values: readonly string[] = [],
  flags: readonly string[] = [],
): Promise<readonly JsonObject[]> {
  const { code, stdout, stderr } = await template(values, flags);
  if (code !== 0) throw new Error(`helm template failed: ${stderr}`);
  return parseObjects(stdout);
}

export function isHook(object: JsonObject): boolean {
  return at(object, 'metadata', 'annotations', 'helm.sh/hook') !== undefined;
}

/** The one object of a kind that is no hook. */
export function only(objects: readonly JsonObject[], kind: string): JsonObject {
  const found = objects.filter((object) => object['kind'] === kind && !isHook(object));
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} objects of kind ${kind}`);
  return found[0];
}

/** The webhook's pod, and its container. */
export function podOf(objects: readonly JsonObject[]): unknown {
  return at(only(objects, 'Deployment'), 'spec', 'template', 'spec');
}
export function containerOf(objects: readonly JsonObject[]): unknown {
  return list(at(podOf(objects), 'containers'))[0];
}

/** The environment of the webhook. */
export function envOf(objects: readonly JsonObject[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    list(get(containerOf(objects), 'env')).map((entry) => [text(get(entry, 'name')), get(entry, 'value')]),
  );
}

/** What the rules of a role are about. */
export function resources(role: JsonObject): unknown[] {
  return list(role['rules']).flatMap((rule) => list(get(rule, 'resources')));
}

/** By which labels a webhook or a policy selects namespaces. */
export function selectorOf(selected: unknown): unknown {
  return at(selected, 'namespaceSelector', 'matchExpressions');
}
