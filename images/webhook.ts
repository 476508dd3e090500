import { VERSION } from '../common/version.ts';
import { folders, USER } from './base.ts';
import type { ImageSpec, RunConfig } from './image.ts';
import { nodeLayer } from './node.ts';

/** Texts of the webhook and of the plugin, each bundled into one file. */
export interface Programs {
  readonly webhook: string;
  readonly plugin: string;
}

/** What the published image runs; a test holds the Dockerfile to the same. */
export const WEBHOOK_RUN: RunConfig = {
  // Reviews are small and short-lived: room for new objects that grows to V8's default, and an arena of malloc for each
  // thread, take 5 MiB of memory and answer no faster; with a single arena the threads wait for each other. V8's compilers take and give back
  // memory in large pieces: mapped by themselves from 16 KiB on, they leave no holes in malloc's heap.
  Entrypoint: ['/usr/bin/node', '--max-semi-space-size=1', '/app/webhook.cjs'],
  // `helm test` and Jobs run node by its name.
  Env: ['PATH=/usr/bin', 'MALLOC_ARENA_MAX=2', 'MALLOC_MMAP_THRESHOLD_=16384'],
  // By number, so that Kubernetes can check runAsNonRoot.
  User: `${USER}:${USER}`,
  WorkingDir: '/app',
  Labels: {
    'org.opencontainers.image.title': 'bluegreen',
    'org.opencontainers.image.version': VERSION,
    'org.opencontainers.image.licenses': 'Apache-2.0',
  },
};

/** The published image: the webhook, and the plugin for the Jobs that it starts. */
export async function webhookImage(programs: Programs, names: readonly string[]): Promise<ImageSpec> {
  return {
    names,
    layers: [
      await nodeLayer(),
      [
        ...folders(['app']),
        { kind: 'text', path: 'app/webhook.cjs', mode: 0o644, content: programs.webhook },
        { kind: 'text', path: 'app/plugin.cjs', mode: 0o644, content: programs.plugin },
      ],
    ],
    run: WEBHOOK_RUN,
  };
}
