import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { webcrypto } from 'node:crypto';
import { createAuthority } from '../../certs/ca.ts';
import { issueLeaf } from '../../certs/serving.ts';
import { bundleOf } from '../images/bundles.ts';
import { REGISTRY, webhookSpec } from '../cluster/index.ts';
import type { Cluster } from '../cluster/index.ts';
import { launch } from './program.ts';
import type { Program } from './program.ts';
import { postReview } from './reviews.ts';

const TOOLS = { now: () => new Date(), crypto: webcrypto };
const DAY = 86_400_000;
const NAME = 'bench';
const NAMESPACE = 'default';

/** The bare webhook's program. */
export const BARE = join(import.meta.dirname, 'bare.mjs');

/** What is started on this machine, as the image starts it, with the cluster's API server. */
export interface Launcher {
  webhook(settings?: Readonly<Record<string, string>>): Promise<Program>;
  bare(): Promise<Program>;
}

/**
 * Launches the webhook and the bare one. The webhook finds everything that it has in a cluster, under names of its own,
 * and the flags of its image.
 */
export async function createLauncher(cluster: Cluster): Promise<Launcher> {
  const dir = join(cluster.dir, 'bench');
  mkdirSync(dir);
  const program = join(dir, 'webhook.cjs');
  writeFileSync(program, await bundleOf('webhook'));
  await writeCertificate(dir, 'localhost');
  const { run } = await webhookSpec(REGISTRY);
  const flags = (run.Entrypoint ?? []).slice(1, -1);
  const variables = Object.fromEntries((run.Env ?? []).map((each) => each.split(/=(.*)/s).slice(0, 2)));
  await cluster.apply(configurations());
  return {
    webhook: (settings = {}) =>
      launch({
        args: [...flags, program],
        env: (port) => ({ ...variables, ...environment(cluster, port), ...settings }),
        first: postReview({ weights: [60, 30] }),
      }),
    bare: () =>
      launch({
        args: [BARE],
        env: (port) => ({ TLS_FOLDER: dir, PORT: String(port) }),
        first: postReview({ weights: [60, 30] }),
      }),
  };
}

function environment({ kubeconfig }: Cluster, port: number): Readonly<Record<string, string>> {
  return {
    KUBECONFIG: kubeconfig,
    BLUEGREEN_PORT: String(port),
    BLUEGREEN_PROBE_PORT: '0',
    BLUEGREEN_NAMESPACE: NAMESPACE,
    BLUEGREEN_SERVICE: NAME,
    BLUEGREEN_CA_SECRET: `${NAME}-ca`,
    BLUEGREEN_MUTATING_CONFIGURATION: NAME,
    BLUEGREEN_VALIDATING_CONFIGURATION: NAME,
    BLUEGREEN_AUDIT_LEASE: NAME,
    BLUEGREEN_AUDIT_INTERVAL: '0',
    BLUEGREEN_POD: NAME,
  };
}

/** Writes tls.crt and tls.key for a DNS name; its CA, PEM. */
export async function writeCertificate(dir: string, name: string): Promise<string> {
  const { certificate, key, authority } = await makeCertificate(name);
  writeFileSync(join(dir, 'tls.crt'), certificate);
  writeFileSync(join(dir, 'tls.key'), key, { mode: 0o600 });
  return authority;
}

export async function makeCertificate(
  name: string,
): Promise<{ readonly certificate: string; readonly key: string; readonly authority: string }> {
  const authority = await createAuthority(TOOLS, DAY);
  const { certificate, key } = await issueLeaf(TOOLS, authority, [name], DAY);
  return { certificate, key, authority: authority.certificate };
}

/** Entries for a kind that nobody has, so that the webhook has where to put its caBundle and nobody calls it. */
function configurations(): readonly object[] {
  const webhook = {
    name: 'promotion.bluegreen.dev',
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Ignore',
    clientConfig: { url: 'https://localhost/' },
    rules: [{ apiGroups: ['bench.invalid'], apiVersions: ['v1'], resources: ['nothing'], operations: ['CREATE'] }],
  };
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: NAME, namespace: NAMESPACE } };
  return [
    ...['Mutating', 'Validating'].map((side) => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: `${side}WebhookConfiguration`,
      metadata: { name: NAME },
      webhooks: [webhook],
    })),
    lease,
  ];
}
