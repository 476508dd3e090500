import type { Test } from 'tap';
import type { Cluster } from '../cluster.ts';
import { attach, SHARED_CLUSTER } from './description.ts';
import { RELEASE } from '../install.ts';
import { bootFor, installsChart } from './needs.ts';
import type { Need } from './needs.ts';
import { deleteAt, deleteNamespace, listAt, namespacesGone, namespacesOf } from '../wire.ts';
import { at } from '../../../common/json.ts';
import { nameOf } from '../../../common/objects.ts';
import { hasMutatingPolicies } from '../versions.ts';

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const CONFIGURED = [
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
];
const ROLES = '/apis/rbac.authorization.k8s.io/v1/clusterroles?labelSelector=app.kubernetes.io/name=bluegreen';

/**
 * The cluster for a file that does not need one to itself: the one that the runner booted for this need, or one of its
 * own when the file runs alone. Namespaces have to be the file's own; they are deleted at its end, and so is the chart's
 * release where files install it themselves. The file fails if admission is not configured as it found it, or the chart's
 * rights are others: the files after it would be judged by its leftovers.
 * @param reused a namespace that several files use in turn: it is waited for until that of the file before is gone
 */
export async function shareCluster(t: Test, need: Need, reused?: string): Promise<Cluster> {
  const shared = process.env[SHARED_CLUSTER];
  const cluster = shared === undefined ? await bootFor(need) : attach(shared, need);
  if (reused !== undefined) await namespacesGone(cluster, [reused]);
  const [before, namespaces] = await Promise.all([admissionOf(cluster), namespacesOf(cluster)]);
  t.teardown(async () => {
    const installs = installsChart(need);
    if (shared !== undefined && installs) await uninstall(cluster);
    const after = installs && shared === undefined ? before : await admissionOf(cluster);
    if (shared !== undefined) await deleteNamespaces(cluster, new Set(namespaces), installs);
    await cluster.stop();
    if (after !== before) throw new Error(`admission is configured otherwise than before:\n${before}\nnow:\n${after}`);
  });
  return cluster;
}

/** Takes the chart away, wherever a file left it, and what Helm keeps of it; without hooks, which advise a person. */
async function uninstall(cluster: Cluster): Promise<void> {
  const patience = ['--ignore-not-found', '--no-hooks', '--wait', '--timeout', '120s'];
  await cluster.helmOk(['uninstall', RELEASE.name, '-n', RELEASE.namespace, ...patience]);
  if (!hasMutatingPolicies()) return;
  const kept = ['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'];
  const ours = `?labelSelector=app.kubernetes.io/instance=${RELEASE.name}`;
  await Promise.all(kept.map((kind) => deleteAt(cluster, `${ADMISSION}/${kind}${ours}`)));
}

/** @param wait until they are gone: the next file has some of the same names */
async function deleteNamespaces(cluster: Cluster, kept: ReadonlySet<string>, wait: boolean): Promise<void> {
  const own = (await namespacesOf(cluster)).filter((name) => !kept.has(name));
  await Promise.all(own.map((name) => deleteNamespace(cluster, name)));
  if (wait) await namespacesGone(cluster, own);
}

/** Every configuration and policy of admission, a line each with its generation, and the rules of the chart's roles. */
async function admissionOf(cluster: Cluster): Promise<string> {
  const configured = CONFIGURED.map(async (kind) => {
    const found = await listAt(cluster, `${ADMISSION}/${kind}`);
    return found.map((each) => `${kind} ${nameOf(each)} ${JSON.stringify(at(each, 'metadata', 'generation'))}`);
  });
  const roles = (await listAt(cluster, ROLES)).map(({ rules }) => JSON.stringify(rules));
  return [...(await Promise.all(configured)).flat(), ...roles].join('\n');
}
