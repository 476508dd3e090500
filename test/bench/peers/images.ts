import { BASE, program, USER } from '../../../images/base.ts';
import type { ImageSpec } from '../../../images/image.ts';
import { allImages } from '../../cluster/index.ts';
import { toolFile } from '../../cluster/tools/cache.ts';
import { bundleOf } from '../../images/bundles.ts';
import { demoImage } from '../../images/specs.ts';
import { imageOf, UNTESTED } from './names.ts';
import type { PeerId } from './names.ts';

/** What the published manifests name. */
export const IMAGES = {
  argo: 'quay.io/argoproj/argo-rollouts:v1.10.2',
  flagger: 'ghcr.io/fluxcd/flagger:1.44.0',
  loadtester: 'ghcr.io/fluxcd/flagger-loadtester:0.38.0',
} as const;

/** A program of Go's in an image of its own. */
function goImage(tool: string, name: string, image: string): ImageSpec {
  const run = { Entrypoint: [`/${name}`], User: USER, WorkingDir: '/' };
  return { names: [image], layers: [[...BASE, program(toolFile(tool, name), name)]], run };
}

export function isArgo(id: PeerId): boolean {
  return id.startsWith('argo-');
}

/** What the cluster needs for these. */
export async function peerImages(ids: readonly PeerId[]): Promise<readonly ImageSpec[]> {
  const images = [...(await allImages()), await demoImage(await bundleOf('demo-app'), UNTESTED, [imageOf(UNTESTED)])];
  if (ids.some(isArgo)) images.push(goImage('argo-rollouts', 'rollouts-controller', IMAGES.argo));
  if (ids.includes('flagger')) {
    images.push(goImage('flagger', 'flagger', IMAGES.flagger), goImage('flagger', 'loadtester', IMAGES.loadtester));
  }
  return images;
}
