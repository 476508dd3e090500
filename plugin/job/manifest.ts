import type { JsonObject } from '../../common/json.ts';

/** A Job that runs the plugin, of the project's own image, inside the cluster. */
export interface JobOptions {
  readonly namespace: string;
  /** What it is for, as a label and as the beginning of its name: `smoke`, `watch`. */
  readonly purpose: string;
  /** The release that it is about. */
  readonly release: string;
  readonly image: string;
  /** Names of Secrets that the image is pulled with. */
  readonly pullSecrets?: readonly string[];
  /** Arguments of `kubectl bluegreen` there. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Null for a Job that does not talk to the API server: it gets no token. */
  readonly serviceAccount: string | null;
  /** Seconds after which it is ended. */
  readonly deadline: number;
}

/** Seconds that a Job stays after its end, so that its log can be read. */
const KEPT = 3600;
/** The user that the image runs as, by number, so that Kubernetes can check that it is not root. */
const USER = 65_532;
/** The longest beginning of a name that leaves room for what the API server appends. */
const LONGEST_PREFIX = 50;

/** Renders a Job that passes the Pod Security Standard "restricted". Its name is completed by the API server. */
export function jobManifest(options: JobOptions): JsonObject {
  const labels = {
    'app.kubernetes.io/name': 'bluegreen-job',
    'app.kubernetes.io/component': options.purpose,
    'app.kubernetes.io/managed-by': 'kubectl-bluegreen',
  };
  const prefix = `bluegreen-${options.purpose}-${options.release}`.replaceAll('.', '-').slice(0, LONGEST_PREFIX);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { generateName: `${prefix}-`, namespace: options.namespace, labels },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: options.deadline,
      ttlSecondsAfterFinished: KEPT,
      template: { metadata: { labels }, spec: podSpec(options) },
    },
  };
}

function podSpec({ image, pullSecrets = [], args, env = {}, serviceAccount }: JobOptions): JsonObject {
  return {
    restartPolicy: 'Never',
    ...(serviceAccount === null ? {} : { serviceAccountName: serviceAccount }),
    automountServiceAccountToken: serviceAccount !== null,
    enableServiceLinks: false,
    ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'bluegreen',
        image,
        command: ['node', '/app/plugin.cjs'],
        args: [...args],
        env: Object.entries(env).map(([name, value]) => ({ name, value })),
        resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { cpu: '1', memory: '256Mi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      },
    ],
  };
}
