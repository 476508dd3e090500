// What the test cluster is made of: each tool is one Go module in a folder of its own, pinned by its go.sum.

/** A program that a tool's build leaves behind: `built` is the name that Go gives it, `name` the one used here. */
export type Program = { readonly name: string; readonly built: string };

/** A file copied out of a Go module, verified by go.sum like the code. */
export type ModuleFile = { readonly module: string; readonly path: string; readonly name: string };

export type Tool = {
  readonly id: string;
  /** Folder of go.mod and go.sum, beside this file. */
  readonly folder: string;
  readonly version: string;
  /** What `go build` is asked for; `tool` is all tool lines of the go.mod. */
  readonly target: string;
  readonly programs: readonly Program[];
  readonly files: readonly ModuleFile[];
  /** Linker's -X settings. */
  readonly stamps: Readonly<Record<string, string>>;
  /** Cold build on two cores, for the message on the terminal. */
  readonly minutes: number;
  /** Built only when it is asked for by its id. */
  readonly onDemand: boolean;
};

const KUBERNETES = '1.34.4';
const TRAEFIK = '3.6.12';
const TRAEFIK_2 = '2.11.35';
const HELM = '3.20.0';
const COREDNS = '1.13.1';
const PROMETHEUS_OPERATOR = '0.85.0';
const CRDS = 'docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml';

const same = (name: string): Program => ({ name, built: name });

const kubernetes: Tool = {
  id: 'kubernetes',
  folder: 'kubernetes',
  version: KUBERNETES,
  target: 'tool',
  programs: [
    same('kube-apiserver'),
    same('kube-controller-manager'),
    same('kube-scheduler'),
    same('kube-proxy'),
    same('kubelet'),
    same('kubectl'),
    { name: 'etcd', built: 'server' },
  ],
  files: [],
  stamps: {
    'k8s.io/component-base/version.gitVersion': `v${KUBERNETES}`,
    'k8s.io/component-base/version.gitMajor': '1',
    'k8s.io/component-base/version.gitMinor': '34',
  },
  minutes: 5,
  onDemand: false,
};

const traefik: Tool = {
  id: 'traefik',
  folder: 'traefik',
  version: TRAEFIK,
  target: 'tool',
  programs: [same('traefik')],
  files: [{ module: 'github.com/traefik/traefik/v3', path: CRDS, name: 'crds.yaml' }],
  stamps: { 'github.com/traefik/traefik/v3/pkg/version.Version': TRAEFIK },
  minutes: 5,
  onDemand: false,
};

// Both API groups are in these: traefik.containo.us has its last definitions in Traefik 2.11.
const traefikCrds: Tool = {
  id: 'traefik2-crds',
  folder: 'traefik2',
  version: TRAEFIK_2,
  target: '',
  programs: [],
  files: [{ module: 'github.com/traefik/traefik/v2', path: CRDS, name: 'crds.yaml' }],
  stamps: {},
  minutes: 1,
  onDemand: false,
};

const traefik2: Tool = {
  ...traefikCrds,
  id: 'traefik2',
  target: 'tool',
  programs: [same('traefik')],
  stamps: { 'github.com/traefik/traefik/v2/pkg/version.Version': TRAEFIK_2 },
  minutes: 3,
  onDemand: true,
};

const helm: Tool = {
  id: 'helm',
  folder: 'helm',
  version: HELM,
  target: 'tool',
  programs: [same('helm')],
  files: [],
  // The last four are what `helm template` and `helm lint` take for the cluster's version when they ask none.
  stamps: {
    'helm.sh/helm/v3/internal/version.version': `v${HELM}`,
    'helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor': '1',
    'helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor': '34',
    'helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor': '1',
    'helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor': '34',
  },
  minutes: 3,
  onDemand: false,
};

const coredns: Tool = {
  id: 'coredns',
  folder: 'coredns',
  version: COREDNS,
  target: 'tool',
  programs: [same('coredns')],
  files: [],
  stamps: {},
  minutes: 2,
  onDemand: false,
};

const pause: Tool = {
  id: 'pause',
  folder: 'pause',
  version: '1',
  target: '.',
  programs: [same('pause')],
  files: [],
  stamps: {},
  minutes: 1,
  onDemand: false,
};

// What the monitors and alerts of the chart are checked against.
const prometheusOperatorCrds: Tool = {
  id: 'prometheus-operator-crds',
  folder: 'prometheus-operator',
  version: PROMETHEUS_OPERATOR,
  target: '',
  programs: [],
  files: ['servicemonitors', 'podmonitors', 'prometheusrules'].map((kind) => ({
    module: 'github.com/prometheus-operator/prometheus-operator',
    path: `example/prometheus-operator-crd/monitoring.coreos.com_${kind}.yaml`,
    name: `${kind}.yaml`,
  })),
  stamps: {},
  minutes: 1,
  onDemand: true,
};

/** Every tool, in the order they are built. */
export const CATALOG: readonly Tool[] = [
  kubernetes,
  traefik,
  helm,
  coredns,
  traefikCrds,
  pause,
  traefik2,
  prometheusOperatorCrds,
];
