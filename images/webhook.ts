import { folders, USER } from './base.ts';
import type { ImageSpec } from './image.ts';
import { nodeLayer } from './node.ts';

/** Texts of the webhook and of the plugin, each bundled into one file. */
export type Programs = { readonly webhook: string; readonly plugin: string };

/** The published image: the webhook, and the plugin for the Jobs that it starts. */
export const webhookImage = async (programs: Programs, names: readonly string[]): Promise<ImageSpec> => ({
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
