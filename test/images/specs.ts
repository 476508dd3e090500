// What is in each image of the project.
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { runOk } from '../cluster/tools/run.ts';
import type { ImageSpec } from './image.ts';
import type { Entry } from './tar.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const USER = '65532';

const folders = (paths: readonly string[], mode = 0o755): Entry[] =>
  paths.map((path) => ({ kind: 'folder', path: `${path}/`, mode }));

const BASE: readonly Entry[] = [
  ...folders(['etc']),
  ...folders(['tmp'], 0o1777),
  { kind: 'text', path: 'etc/passwd', mode: 0o644, content: `nonroot:x:${USER}:${USER}:nonroot:/tmp:/sbin/nologin\n` },
  { kind: 'text', path: 'etc/group', mode: 0o644, content: `nonroot:x:${USER}:\n` },
  { kind: 'text', path: 'etc/nsswitch.conf', mode: 0o644, content: 'hosts: files dns\n' },
];

const nodeBinary = (): string => {
  const packaged = join(ROOT, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
  return existsSync(packaged) ? packaged : process.execPath;
};

const makeNodeLayer = async (): Promise<Entry[]> => {
  const binary = nodeBinary();
  const listed = await runOk('ldd', [binary]);
  const libraries = [...listed.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
  const files = libraries.map((path): Entry => ({
    kind: 'file',
    path: path.slice(1),
    mode: 0o755,
    source: realpathSync(path),
  }));
  return [...BASE, { kind: 'file', path: 'usr/bin/node', mode: 0o755, source: binary }, ...files];
};

let madeNodeLayer: Promise<Entry[]> | undefined;

/** Node and the libraries that it is linked with, at the paths where it looks for them. */
const nodeLayer = (): Promise<Entry[]> => (madeNodeLayer ??= makeNodeLayer());

const program = (source: string, path: string): Entry => ({ kind: 'file', path, mode: 0o755, source });

/** The image that holds a pod's namespaces open. */
export const pauseImage = (binary: string, name: string): ImageSpec => ({
  names: [name],
  layers: [[program(binary, 'pause')]],
  run: { Entrypoint: ['/pause'], User: USER },
});

export const traefikImage = (binary: string, name: string): ImageSpec => ({
  names: [name],
  layers: [[...BASE, program(binary, 'usr/local/bin/traefik')]],
  run: { Entrypoint: ['/usr/local/bin/traefik'], User: USER },
});

/** @param programs texts of the webhook and of the plugin, each bundled into one file */
export const webhookImage = async (
  programs: { readonly webhook: string; readonly plugin: string },
  names: readonly string[],
): Promise<ImageSpec> => ({
  names,
  layers: [
    await nodeLayer(),
    [
      ...folders(['app']),
      { kind: 'text', path: 'app/webhook.cjs', mode: 0o644, content: programs.webhook },
      { kind: 'text', path: 'app/plugin.cjs', mode: 0o644, content: programs.plugin },
    ],
  ],
  run: {
    Entrypoint: ['/usr/bin/node', '--max-semi-space-size=1', '/app/webhook.cjs'],
    Env: ['MALLOC_ARENA_MAX=2'],
    User: USER,
    WorkingDir: '/app',
  },
});

/**
 * The demo app takes the place of podinfo, so that manifests made for podinfo run with it: same working folder, same
 * command, same defaults.
 * @param bundle text of the app bundled into one file
 */
export const demoImage = async (bundle: string, version: string, names: readonly string[]): Promise<ImageSpec> => ({
  names,
  layers: [
    await nodeLayer(),
    [
      ...folders(['home', 'home/app']),
      { kind: 'text', path: 'home/app/podinfo', mode: 0o755, content: `#!/usr/bin/node\n${bundle}` },
    ],
  ],
  run: { Cmd: ['./podinfo'], Env: [`VERSION=${version}`], User: USER, WorkingDir: '/home/app' },
});
