// What is in the images that only the test cluster runs.
import { BASE, folders, program, USER } from '../../images/base.ts';
import type { ImageSpec } from '../../images/image.ts';
import { nodeLayer } from '../../images/node.ts';

/** The image that holds a pod's namespaces open. */
export function pauseImage(binary: string, name: string): ImageSpec {
  return {
    names: [name],
    layers: [[program(binary, 'pause')]],
    run: { Entrypoint: ['/pause'], User: USER },
  };
}

export function traefikImage(binary: string, name: string): ImageSpec {
  return {
    names: [name],
    layers: [[...BASE, program(binary, 'usr/local/bin/traefik')]],
    run: { Entrypoint: ['/usr/local/bin/traefik'], User: USER },
  };
}

/**
 * The demo app takes the place of podinfo, so that manifests made for podinfo run with it: same working folder, same
 * command, same defaults.
 * @param bundle text of the app bundled into one file
 */
export async function demoImage(bundle: string, version: string, names: readonly string[]): Promise<ImageSpec> {
  return {
    names,
    layers: [
      await nodeLayer(),
      [
        ...folders(['home', 'home/app']),
        { kind: 'text', path: 'home/app/podinfo', mode: 0o755, content: `#!/usr/bin/node\n${bundle}` },
      ],
    ],
    run: { Cmd: ['./podinfo'], Env: [`VERSION=${version}`], User: USER, WorkingDir: '/home/app' },
  };
}
