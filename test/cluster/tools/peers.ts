// What the project is compared with: test/bench/peers.
import type { GoModule, Tool } from './tool.ts';

const ARGO_ROLLOUTS = '1.10.2';
const FLAGGER = '1.44.0';

function peerModule(folder: string): GoModule {
  return { folder, changed: {}, originals: folder, toolchain: 'go1.27.3' };
}

const argoRollouts: Tool = {
  id: 'argo-rollouts',
  version: ARGO_ROLLOUTS,
  module: peerModule('argo-rollouts'),
  programs: ['rollouts-controller', 'kubectl-argo-rollouts'].map((name) => ({
    name,
    built: name,
    from: `github.com/argoproj/argo-rollouts/cmd/${name}`,
  })),
  files: [{ module: 'github.com/argoproj/argo-rollouts', path: 'manifests/install.yaml', name: 'install.yaml' }],
  stamps: { 'github.com/argoproj/argo-rollouts/utils/version.version': `v${ARGO_ROLLOUTS}` },
  cost: 300,
  packages: 1750,
  onDemand: true,
};

const flagger: Tool = {
  id: 'flagger',
  version: FLAGGER,
  module: peerModule('flagger'),
  programs: ['flagger', 'loadtester'].map((name) => ({
    name,
    built: name,
    from: `github.com/fluxcd/flagger/cmd/${name}`,
  })),
  files: ['account', 'crd', 'deployment'].map((name) => ({
    module: 'github.com/fluxcd/flagger',
    path: `artifacts/flagger/${name}.yaml`,
    name: `${name}.yaml`,
  })),
  stamps: {},
  cost: 90,
  packages: 700,
  onDemand: true,
};

export const PEERS: readonly Tool[] = [argoRollouts, flagger];
