import { REGISTRY } from '../../cluster/index.ts';
import { bundleOf } from '../../images/bundles.ts';
import type { ImageSpec } from '../../../images/image.ts';
import { demoImage } from '../../images/specs.ts';

/** The demo app's image of any version. */
export function imageOf(version: string): string {
  return `${REGISTRY}/app:${version}`;
}

const CRASHES = 'console.error("starting\\ncannot open the database"); process.exitCode = 3;';
const NEVER_READY =
  'require("node:http").createServer((q, s) => { s.writeHead(q.url === "/healthz" ? 200 : 503); s.end(); }).listen(9898);';

/** Images of these versions, and two that do not work: `crashes` and `never-ready`. */
export async function releaseImages(versions: readonly string[]): Promise<readonly ImageSpec[]> {
  const app = await bundleOf('demo-app');
  return Promise.all([
    ...versions.map((version) => demoImage(app, version, [imageOf(version)])),
    demoImage(CRASHES, 'crashes', [imageOf('crashes')]),
    demoImage(NEVER_READY, 'never-ready', [imageOf('never-ready')]),
  ]);
}
