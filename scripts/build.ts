import { build } from 'esbuild';
import type { BuildOptions, Plugin } from 'esbuild';
import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { buildPage, embedPage } from './page.ts';

/**
 * Bundles the programs into dist/: `node scripts/build.ts [webhook|demo-app|plugin]…`, all of them by default.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));

const CLIENT = '@kubernetes/client-node';

/**
 * client-node is 700 generated models around the few modules that are used. Its package.json does not say that its
 * modules have no side effects, so the bundler keeps all of them unless told. Its own imports are relative and name
 * files: joined here, because the bundler would take ten seconds to resolve each of them again.
 */
const shakeClientNode: Plugin = {
  name: 'shake-client-node',
  setup(bundler) {
    bundler.onResolve(
      { filter: /^@kubernetes\/client-node$/ },
      async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === CLIENT) return null;
        const found = await bundler.resolve(path, { importer, resolveDir, kind, pluginData: CLIENT });
        return { ...found, sideEffects: false };
      },
    );
    bundler.onResolve({ filter: /^\.{1,2}\/.*\.js$/ }, ({ path, importer, resolveDir }) =>
      importer.includes(CLIENT) ? { path: join(resolveDir, path), sideEffects: false } : null,
    );
  },
};

/**
 * What the webhook's bundle leaves out: in a pod, client-node reads the service account and nothing else, its HTTP
 * library is not used, and fastify compiles no schemas. Together they would cost 20 MiB of memory at rest.
 */
const LEFT_OUT = new Set([
  'undici',
  'openid-client',
  'socks',
  'socks-proxy-agent',
  'hpagent',
  'jsonpath-plus',
  '@fastify/ajv-compiler',
  '@fastify/fast-json-stringify-compiler',
  'light-my-request',
  // Logs to other threads, HTTP/2 and pushed metrics: each would load parts of Node that nothing here uses.
  'thread-stream',
  'node:http2',
  'zlib',
]);

const leaveOut: Plugin = {
  name: 'leave-out',
  setup(bundler) {
    bundler.onResolve({ filter: /^[@a-z]/ }, ({ path }) =>
      LEFT_OUT.has(path) ? { path, namespace: 'left-out', sideEffects: false } : null,
    );
    bundler.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `module.exports = new Proxy(class {}, { get(target, name) {
        if (name === '__esModule' || name === 'default' || name === 'prototype') return target[name];
        return class { constructor() { throw new Error(${JSON.stringify(path)} + ' is not part of this bundle'); } };
      } });`,
    }));
  },
};

const COMMON: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  // Names stay as they are, for stack traces; `keepNames` would do that at run time, for every closure again.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
};

/** A program: its entry, and how it differs from the others. */
const PROGRAMS: Readonly<Record<string, { entry: string; options: BuildOptions }>> = {
  webhook: { entry: 'webhook/main.ts', options: { plugins: [leaveOut, shakeClientNode] } },
  'demo-app': { entry: 'test/demo/app/main.ts', options: {} },
  plugin: { entry: 'plugin/main.ts', options: { plugins: [shakeClientNode, embedPage] } },
};

/** Bundles a program into dist/NAME.cjs; what went into it, as paths from the project's folder. */
export async function bundle(name: string): Promise<readonly string[]> {
  const program = PROGRAMS[name];
  if (program === undefined) throw new Error(`no program "${name}": there are ${Object.keys(PROGRAMS).join(', ')}`);
  const { entry, options } = program;
  if (!(await exists(`${ROOT}${entry}`))) {
    console.log(`${name}: skipped, ${entry} does not exist`);
    return [];
  }
  const outfile = `dist/${name}.cjs`;
  const { metafile } = await build({ ...COMMON, ...options, entryPoints: [entry], outfile });
  const { size } = await stat(`${ROOT}${outfile}`);
  console.log(`${name}: ${outfile}, ${(size / 1024).toFixed(0)} KiB`);
  const embedded = name === 'plugin' ? (await buildPage()).inputs : [];
  return [...Object.keys(metafile?.inputs ?? {}), ...embedded];
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function main(asked: readonly string[]): Promise<void> {
  const { version } = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8'));
  console.log(`bluegreen ${version}`);
  for (const name of asked.length === 0 ? Object.keys(PROGRAMS) : asked) await bundle(name);
}

if (import.meta.main) await main(process.argv.slice(2));
