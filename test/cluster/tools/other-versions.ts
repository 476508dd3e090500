// Older and newer programs than those that the test cluster is made of by default: `npm run test:matrix` runs on them.
import type { GoModule, Program, Tool } from './tool.ts';

const KUBERNETES_130 = '1.30.14';
const KUBECTL_135 = '1.35.4';
const HELM_4 = '4.3.1';

const CRDS = 'docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml';
const VERSION_PACKAGE = 'k8s.io/component-base/version';

const onDemand = { files: [], onDemand: true } as const;

function gitVersion(version: string): Readonly<Record<string, string>> {
  const [major = '', minor = ''] = version.split('.');
  return {
    [`${VERSION_PACKAGE}.gitVersion`]: `v${version}`,
    [`${VERSION_PACKAGE}.gitMajor`]: major,
    [`${VERSION_PACKAGE}.gitMinor`]: minor,
  };
}

const kubectl: Program = { name: 'kubectl', built: 'kubectl', from: 'k8s.io/kubernetes/cmd/kubectl' };

/** The oldest that has a ValidatingAdmissionPolicy; the node's etcd and CoreDNS are the newest ones. */
const kubernetes130: Tool = {
  ...onDemand,
  id: 'kubernetes130',
  version: KUBERNETES_130,
  // providerless: without the clients of clouds that it still has.
  module: { folder: 'kubernetes130', changed: {}, tags: ['providerless'] },
  programs: [
    ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'kubelet'].map((name) => ({
      name,
      built: 'node',
      from: './node',
    })),
    kubectl,
  ],
  stamps: gitVersion(KUBERNETES_130),
  cost: 380,
  packages: 2560,
};

const kubectl135: Tool = {
  ...onDemand,
  id: 'kubectl135',
  version: KUBECTL_135,
  module: { folder: 'kubectl135', changed: {} },
  programs: [kubectl],
  stamps: gitVersion(KUBECTL_135),
  cost: 60,
  packages: 800,
};

const helm4: Tool = {
  ...onDemand,
  id: 'helm4',
  version: HELM_4,
  module: { folder: 'helm4', changed: {} },
  programs: [{ name: 'helm', built: 'helm', from: 'helm.sh/helm/v4/cmd/helm' }],
  stamps: { 'helm.sh/helm/v4/internal/version.version': `v${HELM_4}` },
  cost: 60,
  packages: 900,
};

/** A Traefik 3 with packages of its time. */
function traefik3(id: string, version: string): Tool {
  const module: GoModule = {
    folder: id,
    changed: { lego: 'github.com/go-acme/lego/v4', traefik3: 'github.com/traefik/traefik/v3' },
    originals: `${id}/originals`,
  };
  return {
    id,
    version,
    module,
    programs: [{ name: 'traefik', built: 'traefik', from: 'github.com/traefik/traefik/v3/cmd/traefik' }],
    files: [{ module: 'github.com/traefik/traefik/v3', path: CRDS, name: 'crds.yaml' }],
    stamps: { 'github.com/traefik/traefik/v3/pkg/version.Version': version },
    cost: 130,
    packages: 860,
    onDemand: true,
  };
}

/** In the order they are built. */
export const OTHER_VERSIONS: readonly Tool[] = [
  traefik3('traefik36', '3.6.12'),
  helm4,
  kubectl135,
  traefik3('traefik30', '3.0.4'),
  kubernetes130,
];
