// What a built site links, and which of it is not there.

/** The text of every HTML file, and of the other files the name alone, by their paths from the root of the site. */
export type Files = ReadonlyMap<string, string>;

/** Every link to a file or an anchor that the site does not have, as `page: link`. Links to other sites are left out. */
export function brokenLinks(files: Files): readonly string[] {
  return [...files]
    .filter(([path]) => path.endsWith('.html'))
    .flatMap(([path, html]) =>
      linksOf(html)
        .filter((link) => !/^[a-z]+:/.test(link) && !holds(files, path, link))
        .map((link) => `${path}: ${link}`),
    );
}

/** Whether the site answers an address, such as `/docs/checks#smoke-test`, as a static host does. */
export function answers(files: Files, address: string): boolean {
  return holds(files, 'index.html', address);
}

function holds(files: Files, page: string, link: string): boolean {
  const { pathname, hash } = new URL(link, `http://site/${page}`);
  const path = decodeURIComponent(pathname).slice(1);
  const found = link.startsWith('#') ? page : fileAt(files, path);
  if (found === undefined) return false;
  return (
    hash === '' || !found.endsWith('.html') || idsOf(files.get(found) ?? '').has(decodeURIComponent(hash.slice(1)))
  );
}

function fileAt(files: Files, path: string): string | undefined {
  const folder = path === '' || path.endsWith('/') ? path : `${path}/`;
  return [path, `${path}.html`, `${folder}index.html`].find((each) => files.has(each));
}

function linksOf(html: string): readonly string[] {
  return [...html.matchAll(/<a\s[^>]*?\bhref="([^"]+)"/g)].map(([, link = '']) => link.replaceAll('&amp;', '&'));
}

function idsOf(html: string): ReadonlySet<string> {
  return new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id = '']) => id));
}
