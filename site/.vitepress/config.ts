// The site: the pages of this repository as they are, in the order of navigation.ts. `npm run site` builds it.
import { copyFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import type { MarkdownRenderer } from 'vitepress';
import { slugOf } from '../slug.ts';
import { addressOf, GROUPS } from '../navigation.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const OUT = join(ROOT, 'dist', 'site');

/** Files that a page links and that are no pages: copied under their paths. */
const files = new Set<string>();

/** A link of a page as an address of the site: code hosts resolve it from the page's own folder. */
function resolved(href: string, page: string): string {
  if (/^([a-z]+:|#|\/)/.test(href)) return href;
  const [file = '', anchor] = href.split('#');
  const path = posix.join(posix.dirname(page), file);
  const suffix = anchor === undefined ? '' : `#${anchor}`;
  if (path === 'README.md') return `/${suffix}`;
  if (path.endsWith('.md')) return `/${path}${suffix}`;
  // A folder of examples: the page about them.
  if (existsSync(join(ROOT, path)) && statSync(join(ROOT, path)).isDirectory()) return '/examples/README.md';
  files.add(path);
  return `pathname:///${path}`;
}

function links(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('repository_links', ({ tokens, env }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? token.attrGet('href') : null;
      if (href === null) continue;
      const address = resolved(href, env.relativePath);
      if (address.startsWith('pathname://')) token.attrSet('target', '_self');
      token.attrSet('href', address.replace('pathname://', ''));
    }
  });
}

/** Diagrams are drawn in the browser, from the text that a code host draws them from. */
function diagrams(markdown: MarkdownRenderer): void {
  const { fence } = markdown.renderer.rules;
  markdown.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index];
    if (token?.info.trim() !== 'mermaid') return fence?.(tokens, index, options, env, self) ?? '';
    return `<pre class="mermaid" v-pre>${markdown.utils.escapeHtml(token.content)}</pre>\n`;
  };
}

/** Denials, alerts and doctor name a page with its `.md`, so that a folder on a code host can be the `docsUrl` as well. */
function writeRedirect(page: string): void {
  const folder = join(OUT, page);
  const target = `/${page.replace(/\.md$/, '')}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'index.html'),
    `<!doctype html><meta charset="utf-8"><title>${target}</title><link rel="canonical" href="${target}">` +
      `<script>location.replace('${target}' + location.hash)</script>` +
      `<meta http-equiv="refresh" content="1;url=${target}"><a href="${target}">${target}</a>\n`,
  );
}

export default defineConfig({
  title: 'bluegreen',
  description: 'Blue-green releases behind Traefik on Kubernetes',
  head: [['link', { rel: 'icon', href: '/icon.svg' }]],
  srcDir: ROOT,
  outDir: OUT,
  cacheDir: join(ROOT, 'dist', 'site-cache'),
  srcExclude: ['dist/**', 'site/**', '.github/**', 'test/cluster/tools/**'],
  rewrites: { 'README.md': 'index.md' },
  cleanUrls: true,
  markdown: {
    anchor: { slugify: slugOf },
    config: (markdown) => {
      links(markdown);
      diagrams(markdown);
    },
  },
  vite: { build: { target: 'es2022', chunkSizeWarningLimit: 2000 } },
  themeConfig: {
    search: { provider: 'local' },
    sidebar: GROUPS.map(({ text, items }) => ({
      text,
      items: items
        .filter(({ page }) => existsSync(join(ROOT, page.split('#')[0] ?? '')))
        .map((item) => ({ text: item.text, link: addressOf(item.page) })),
    })),
    footer: { message: 'Apache-2.0' },
  },
  buildEnd: ({ pages }) => {
    for (const page of pages) if (page !== 'README.md' && page !== 'index.md') writeRedirect(page);
    for (const path of files) {
      mkdirSync(join(OUT, dirname(path)), { recursive: true });
      copyFileSync(join(ROOT, path), join(OUT, path));
    }
    copyFileSync(join(ROOT, 'docs', 'images', 'icon.svg'), join(OUT, 'icon.svg'));
    const mermaid = fileURLToPath(new URL('../node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js', import.meta.url));
    copyFileSync(mermaid, join(OUT, 'mermaid.js'));
  },
});
