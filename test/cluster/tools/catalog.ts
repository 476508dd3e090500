// What the test cluster is made of: programs that are built from Go modules, and files copied out of Go modules.

import { NEIGHBORS } from './neighbors.ts';
import { OTHER_VERSIONS } from './other-versions.ts';
import { PEERS } from './peers.ts';
import type { GoModule, Program, Tool } from './tool.ts';

const KUBERNETES = '1.37.2';
const ETCD = '3.7.2';
const TRAEFIK = '3.7.13';
const TRAEFIK_2 = '2.11.35';
const HELM = '3.22.0';
const COREDNS = '1.15.0';
const PROMETHEUS_OPERATOR = '0.85.0';
const GATEWAY_API = '1.6.1';
const CRDS = 'docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml';

/** Kubernetes, Helm, CoreDNS and Traefik share most of their packages: in one module each is compiled once. */
const programs: GoModule = {
  folder: 'programs',
  changed: { lego5: 'github.com/go-acme/lego/v5', traefik3: 'github.com/traefik/traefik/v3' },
  added: { traefik3: 'traefik37' },
};

/** Too old for the packages of the others. */
const traefik2Module: GoModule = {
  folder: 'traefik2',
  changed: { lego: 'github.com/go-acme/lego/v4', traefik2: 'github.com/traefik/traefik/v2' },
};

function component(name: string): Program {
  return { name, built: 'node', from: './node' };
}

const kubernetes: Tool = {
  id: 'kubernetes',
  version: KUBERNETES,
  module: programs,
  programs: [
    component('kube-apiserver'),
    component('kube-controller-manager'),
    component('kube-scheduler'),
    component('kube-proxy'),
    component('kubelet'),
    {
      name: 'kubectl',
      built: 'kubectl',
      from: 'k8s.io/kubernetes/cmd/kubectl',
      readyMade: { version: KUBERNETES, args: ['version', '--client'] },
    },
    {
      name: 'etcd',
      built: 'server',
      from: 'go.etcd.io/etcd/server/v3',
      readyMade: { version: ETCD, args: ['--version'] },
    },
  ],
  files: [],
  stamps: {
    'k8s.io/component-base/version.gitVersion': `v${KUBERNETES}`,
    'k8s.io/component-base/version.gitMajor': '1',
    'k8s.io/component-base/version.gitMinor': '37',
  },
  cost: 406,
  packages: 2780,
  onDemand: false,
};

const traefik: Tool = {
  id: 'traefik',
  version: TRAEFIK,
  module: programs,
  programs: [{ name: 'traefik', built: 'traefik', from: 'github.com/traefik/traefik/v3/cmd/traefik' }],
  files: [{ module: 'github.com/traefik/traefik/v3', path: CRDS, name: 'crds.yaml' }],
  stamps: { 'github.com/traefik/traefik/v3/pkg/version.Version': TRAEFIK },
  cost: 89,
  packages: 570,
  onDemand: false,
};

const helm: Tool = {
  id: 'helm',
  version: HELM,
  module: programs,
  programs: [
    {
      name: 'helm',
      built: 'helm',
      from: 'helm.sh/helm/v3/cmd/helm',
      readyMade: { version: HELM, args: ['version', '--short'] },
    },
  ],
  files: [],
  // The last four are what `helm template` and `helm lint` take for the cluster's version when they ask none.
  stamps: {
    'helm.sh/helm/v3/internal/version.version': `v${HELM}`,
    'helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor': '1',
    'helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor': '37',
    'helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor': '1',
    'helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor': '37',
  },
  cost: 13,
  packages: 120,
  onDemand: false,
};

const coredns: Tool = {
  id: 'coredns',
  version: COREDNS,
  module: programs,
  programs: [{ name: 'coredns', built: 'coredns', from: './coredns' }],
  files: [],
  stamps: {},
  cost: 6,
  packages: 40,
  onDemand: false,
};

const pause: Tool = {
  id: 'pause',
  version: '1',
  module: programs,
  programs: [{ name: 'pause', built: 'pause', from: './pause' }],
  files: [],
  stamps: {},
  cost: 1,
  packages: 1,
  onDemand: false,
};

const filesOnly = { programs: [], stamps: {}, cost: 1, packages: 0 } as const;

// Both API groups are in these: traefik.containo.us has its last definitions in Traefik 2.11.
const traefik2Crds: Tool = {
  ...filesOnly,
  id: 'traefik2-crds',
  version: TRAEFIK_2,
  files: [{ module: 'github.com/traefik/traefik/v2', path: CRDS, name: 'crds.yaml' }],
  onDemand: false,
};

const traefik2: Tool = {
  id: 'traefik2',
  version: TRAEFIK_2,
  module: traefik2Module,
  programs: [{ name: 'traefik', built: 'traefik', from: 'github.com/traefik/traefik/v2/cmd/traefik' }],
  files: traefik2Crds.files,
  stamps: { 'github.com/traefik/traefik/v2/pkg/version.Version': TRAEFIK_2 },
  cost: 130,
  packages: 860,
  onDemand: true,
};

// What the monitors and alerts of the chart are checked against.
const prometheusOperatorCrds: Tool = {
  ...filesOnly,
  id: 'prometheus-operator-crds',
  version: PROMETHEUS_OPERATOR,
  files: ['servicemonitors', 'podmonitors', 'prometheusrules'].map((kind) => ({
    module: 'github.com/prometheus-operator/prometheus-operator',
    path: `example/prometheus-operator-crd/monitoring.coreos.com_${kind}.yaml`,
    name: `${kind}.yaml`,
  })),
  onDemand: true,
};

// What the guard of HTTPRoutes is tried with; the version that Traefik is built with.
const gatewayApiCrds: Tool = {
  ...filesOnly,
  id: 'gateway-api-crds',
  version: GATEWAY_API,
  pins: 'gateway-api',
  files: [
    {
      module: 'sigs.k8s.io/gateway-api',
      path: 'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml',
      name: 'httproutes.yaml',
    },
  ],
  onDemand: true,
};

/** Every tool, in the order they are built. */
export const CATALOG: readonly Tool[] = [
  kubernetes,
  traefik,
  helm,
  coredns,
  traefik2Crds,
  pause,
  traefik2,
  prometheusOperatorCrds,
  gatewayApiCrds,
  ...NEIGHBORS,
  ...PEERS,
  ...OTHER_VERSIONS,
];

/** The folder that pins the modules that a tool's sources and files are copied from. */
export function pinsOf({ module, pins }: Pick<Tool, 'module' | 'pins'>): string {
  return module?.originals ?? pins ?? 'originals';
}
