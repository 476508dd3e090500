// What runs beside bluegreen in production: Argo CD, cert-manager and Flux.
import type { GoModule, Tool } from './tool.ts';

const ARGOCD = '3.1.16';
const CERT_MANAGER = '1.21.2';
const KUSTOMIZE_CONTROLLER = '1.9.3';

/** Argo CD asks for an older Kubernetes than the others. It is its own original: nothing of it is changed. */
const argocdModule: GoModule = { folder: 'argocd', changed: {}, originals: 'argocd' };

/** Programs that run beside bluegreen in production. They have most of their packages in common with `programs`. */
const neighbors: GoModule = {
  folder: 'neighbors',
  changed: { 'flux-controller': 'github.com/fluxcd/kustomize-controller', 'flux-auth': 'github.com/fluxcd/pkg/auth' },
  originals: 'neighbors/originals',
};

// The controller that syncs and the engine of health and actions; what people see of it is left out.
const argocd: Tool = {
  id: 'argocd',
  version: ARGOCD,
  module: argocdModule,
  programs: [{ name: 'argocd', built: 'argocd', from: '.' }],
  files: [
    {
      module: 'github.com/argoproj/argo-cd/v3',
      path: 'manifests/crds/application-crd.yaml',
      name: 'applications.yaml',
    },
    { module: 'github.com/argoproj/argo-cd/v3', path: 'manifests/crds/appproject-crd.yaml', name: 'appprojects.yaml' },
  ],
  stamps: { 'github.com/argoproj/argo-cd/v3/common.version': ARGOCD },
  cost: 210,
  packages: 1440,
  onDemand: true,
};

const certManager: Tool = {
  id: 'cert-manager',
  version: CERT_MANAGER,
  module: neighbors,
  programs: [{ name: 'cert-manager', built: 'certmanager', from: './certmanager' }],
  files: ['certificates', 'certificaterequests', 'issuers', 'clusterissuers'].map((kind) => ({
    module: 'github.com/cert-manager/cert-manager',
    path: `deploy/crds/cert-manager.io_${kind}.yaml`,
    name: `${kind}.yaml`,
  })),
  stamps: {},
  cost: 40,
  packages: 170,
  onDemand: true,
};

const flux: Tool = {
  id: 'flux',
  version: KUSTOMIZE_CONTROLLER,
  module: neighbors,
  programs: [
    {
      name: 'kustomize-controller',
      built: 'kustomize-controller',
      from: 'github.com/fluxcd/kustomize-controller/kustomize-controller',
    },
  ],
  files: [
    {
      module: 'github.com/fluxcd/kustomize-controller',
      path: 'config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml',
      name: 'kustomizations.yaml',
    },
    ...['gitrepositories', 'ocirepositories', 'buckets', 'externalartifacts'].map((kind) => ({
      module: 'github.com/fluxcd/source-controller',
      path: `config/crd/bases/source.toolkit.fluxcd.io_${kind}.yaml`,
      name: `${kind}.yaml`,
    })),
  ],
  stamps: {},
  cost: 40,
  packages: 120,
  onDemand: true,
};

export const NEIGHBORS: readonly Tool[] = [argocd, certManager, flux];
