import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Assets } from '../plugin/dashboard/assets.ts';

// The dashboard's page: one script and one style sheet for the browser, packed into the plugin's bundle.

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'plugin', 'dashboard', 'page');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page, and what went into it, as paths from the project's folder. */
export interface BuiltPage {
  readonly assets: Assets;
  readonly inputs: readonly string[];
}

/** Builds the page. */
export async function buildPage(): Promise<BuiltPage> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['main.tsx', 'style.css'].map((name) => join(FOLDER, name)),
    outbase: FOLDER,
    metafile: true,
    outdir: '/',
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'warning',
  });
  const built = outputFiles.map(({ path, contents }) => [path, contents] as const);
  const copied = ['index.html', 'icon.svg'].map((name) => [`/${name}`, readFileSync(join(FOLDER, name))] as const);
  const packed = [...built, ...copied].map(([path, contents]) => {
    const type = TYPES[extname(path)] ?? 'application/octet-stream';
    return [path, { type, gzip: gzipSync(contents, { level: 9 }).toString('base64') }] as const;
  });
  return { assets: Object.fromEntries(packed), inputs: Object.keys(metafile.inputs) };
}

/** Bytes that a browser loads. */
export function sizeOf(assets: Assets): number {
  return Object.values(assets).reduce((sum, { gzip }) => sum + Buffer.from(gzip, 'base64').length, 0);
}

/** Puts the page in the place of `plugin/dashboard/assets.ts`. */
export const embedPage: Plugin = {
  name: 'embed-page',
  setup(bundler) {
    bundler.onLoad({ filter: /plugin[/\\]dashboard[/\\]assets\.ts$/ }, async () => ({
      contents: `export const BUNDLED = ${JSON.stringify((await buildPage()).assets)};`,
      loader: 'js',
    }));
  },
};
