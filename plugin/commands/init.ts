import type { Command } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { namespaceWithoutCluster } from '../cli/namespace.ts';
import { UsageError } from '../kube/errors.ts';

export const init: Command = {
  name: 'init',
  usage: 'NAME',
  summary: 'Print the manifests of a new release',
  description: `Print the manifests of a new release to standard output: a Deployment and a Service for each color, the TraefikService without weights
(the webhook starts with blue, and a sync from Git never moves traffic), and an IngressRoute. Nothing is sent to a cluster.`,
  examples: [
    {
      comment: 'Look at them, then apply them',
      command: 'kubectl bluegreen init shop --image ghcr.io/acme/shop:1.0 --host shop.example.com -n demo > shop.yaml',
    },
  ],
  flags: [
    { name: 'image', type: 'text', help: 'The image of both colors.' },
    { name: 'host', type: 'text', help: 'The host name of the IngressRoute.' },
    { name: 'port', type: 'number', fallback: '8080', help: "The container's port." },
    { name: 'replicas', type: 'number', fallback: '2', help: 'Replicas of each color.' },
    { name: 'entrypoint', type: 'text', fallback: 'web', help: "Traefik's entry point." },
    { name: 'health', type: 'text', fallback: '/', help: 'The path of the readiness probe.' },
  ],
  arguments: { min: 1, max: 1 },
  run: (call) => {
    const [name = ''] = call.args;
    const { flags } = call;
    const image = flags.text('image');
    const host = flags.text('host');
    if (!/^[a-z](?:[-a-z0-9]{0,50}[a-z0-9])?$/.test(name)) {
      throw new UsageError(`invalid name "${name}": lower case letters, digits and dashes, at most 52`);
    }
    if (!image || !host) throw new UsageError('--image and --host are needed');
    const values: Values = {
      name,
      namespace: namespaceWithoutCluster(call),
      image,
      host,
      port: flags.number('port'),
      replicas: flags.number('replicas'),
      entrypoint: flags.text('entrypoint') ?? 'web',
      health: flags.text('health') ?? '/',
    };
    call.io.out.write([color(values, 'blue'), color(values, 'green'), routing(values)].join('---\n'));
    return Promise.resolve(EXIT.ok);
  },
};

interface Values {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly host: string;
  readonly port: number;
  readonly replicas: number;
  readonly entrypoint: string;
  readonly health: string;
}

function color({ name, namespace, image, port, replicas, health }: Values, which: 'blue' | 'green'): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}-${which}
  namespace: ${namespace}
  labels: {app: ${name}, color: ${which}}
spec:
  replicas: ${replicas}
  selector:
    matchLabels: {app: ${name}, color: ${which}}
  template:
    metadata:
      labels: {app: ${name}, color: ${which}}
    spec:
      # Passes Pod Security "restricted". An image that runs as root takes out runAsNonRoot and the capabilities.
      securityContext:
        runAsNonRoot: true
        seccompProfile: {type: RuntimeDefault}
      containers:
        - name: app
          image: ${JSON.stringify(image)}
          securityContext:
            allowPrivilegeEscalation: false
            capabilities: {drop: [ALL]}
          ports:
            - {name: http, containerPort: ${port}}
          readinessProbe:
            httpGet: {path: ${JSON.stringify(health)}, port: http}
          lifecycle:
            # Gives Traefik time to see that the pod is going.
            preStop: {sleep: {seconds: 5}}
---
apiVersion: v1
kind: Service
metadata:
  name: ${name}-${which}
  namespace: ${namespace}
  labels: {app: ${name}, color: ${which}}
spec:
  selector: {app: ${name}, color: ${which}}
  ports:
    - {name: http, port: 80, targetPort: http}
`;
}

function routing({ name, namespace, host, entrypoint }: Values): string {
  return `apiVersion: traefik.io/v1alpha1
kind: TraefikService
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  weighted:
    # No weights here: the webhook fills them in and keeps them, so that applying this file never moves traffic.
    services:
      - {name: ${name}-blue, port: 80}
      - {name: ${name}-green, port: 80}
---
apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  entryPoints: [${entrypoint}]
  routes:
    - kind: Rule
      match: Host(\`${host}\`)
      services:
        - {kind: TraefikService, name: ${name}}
`;
}
