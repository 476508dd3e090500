import { readFileSync } from 'node:fs';
import { DEMO_NAMESPACE, REGISTRY, webhookSpec } from '../cluster/index.ts';
import type { Cluster } from '../cluster/index.ts';
import { rolledOut } from '../cluster/kube.ts';
import { BARE, makeCertificate } from './webhook.ts';
import { traefikService } from '../objects.ts';

/** The namespaces that are compared: each has a TraefikService of the same name, looked at by something else. */
export const VARIANTS = {
  none: 'bench-none',
  policy: 'bench-policy',
  bare: 'bench-bare',
  project: DEMO_NAMESPACE,
} as const;
export type Variant = keyof typeof VARIANTS;

const PLACE = 'bench-system';
const SERVER = 'bare-webhook';
const MODE = 'bluegreen.dev/mode';

/** Makes the namespaces that the project does not look at, the bare webhook in pods, and what calls it. */
export async function makeVariants(cluster: Cluster): Promise<void> {
  const { certificate, key, authority } = await makeCertificate(`${SERVER}.${PLACE}.svc`);
  await cluster.apply(
    [VARIANTS.none, VARIANTS.policy, VARIANTS.bare, PLACE].map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { [MODE]: 'off', bench: name } },
    })),
  );
  await cluster.apply([
    ...[VARIANTS.none, VARIANTS.policy, VARIANTS.bare].map((namespace) =>
      traefikService({ name: 'bluegreen-wrr', namespace }),
    ),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: SERVER, namespace: PLACE },
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': certificate, 'tls.key': key },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: SERVER, namespace: PLACE },
      data: { 'bare.mjs': readFileSync(BARE, 'utf8') },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: SERVER, namespace: PLACE },
      spec: { selector: { app: SERVER }, ports: [{ port: 443, targetPort: 8443 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: SERVER, namespace: PLACE },
      spec: {
        selector: { matchLabels: { app: SERVER } },
        template: { metadata: { labels: { app: SERVER } }, spec: await barePodSpec() },
      },
    },
  ]);
  await rolledOut(cluster, PLACE, SERVER);
  await cluster.apply([callsBare(authority), ...(await policiesFor(cluster, VARIANTS.policy))]);
}

/** A pod of the bare webhook: in the webhook's own image, probed alike. */
async function barePodSpec(): Promise<object> {
  const [image = ''] = (await webhookSpec(REGISTRY)).names;
  const probe = { httpGet: { path: '/readyz', port: 8443, scheme: 'HTTPS' } };
  return {
    containers: [
      {
        name: 'bare',
        image,
        imagePullPolicy: 'IfNotPresent',
        command: ['/usr/bin/node', '/bare/bare.mjs'],
        env: [
          { name: 'TLS_FOLDER', value: '/tls' },
          { name: 'PORT', value: '8443' },
        ],
        startupProbe: { ...probe, periodSeconds: 1, failureThreshold: 60 },
        readinessProbe: { ...probe, periodSeconds: 2 },
        volumeMounts: [
          { name: 'tls', mountPath: '/tls' },
          { name: 'program', mountPath: '/bare' },
        ],
      },
    ],
    volumes: [
      { name: 'tls', secret: { secretName: SERVER } },
      { name: 'program', configMap: { name: SERVER } },
    ],
  };
}

/** A pod of its own, for how long it takes to be ready. */
export async function barePod(name: string): Promise<object> {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: PLACE }, spec: await barePodSpec() };
}

function callsBare(authority: string): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: SERVER },
    webhooks: [
      {
        name: 'bare.bench.invalid',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        timeoutSeconds: 5,
        namespaceSelector: { matchLabels: { bench: VARIANTS.bare } },
        clientConfig: {
          service: { name: SERVER, namespace: PLACE, port: 443 },
          caBundle: Buffer.from(authority).toString('base64'),
        },
        rules: [
          {
            apiGroups: ['traefik.io'],
            apiVersions: ['v1alpha1'],
            resources: ['traefikservices'],
            operations: ['CREATE', 'UPDATE'],
          },
        ],
      },
    ],
  };
}

/** The chart's own policies, bound to a namespace that no webhook looks at. */
async function policiesFor(cluster: Cluster, namespace: string): Promise<readonly object[]> {
  const listed = await cluster.kubectlOk(['get', 'validatingadmissionpolicies', '-o', 'name']);
  const names = listed
    .trim()
    .split('\n')
    .map((line) => line.replace(/^.*\//, ''));
  return names.map((name) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: `bench-${name}` },
    spec: {
      policyName: name,
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: { matchLabels: { bench: namespace } } },
    },
  }));
}
