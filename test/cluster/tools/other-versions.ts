// Older and newer programs than those that every test has: `npm run test:matrix` runs on them.
import type { Program, Tool } from './tool.ts';

const KUBECTL_135 = '1.35.4';
const HELM_4 = '4.3.1';

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

/** In the order they are built. */
export const OTHER_VERSIONS: readonly Tool[] = [helm4, kubectl135];
