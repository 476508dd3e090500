import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseObject, text } from '../../common/json.ts';

const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const LICENSE = /^(?:licen[cs]e|copying)(?:[.-].*)?$/i;

/** The folders of the packages that these files belong to, in order. */
export function packagesOf(files: readonly string[]): readonly string[] {
  const folders = files.flatMap((file) => PACKAGE.exec(file)?.[0] ?? []);
  return [...new Set(folders)].sort();
}

/**
 * The licences of everything by others that a release contains, which all of them ask to be passed on.
 * @param folders of npm packages, from the project's folder
 */
export function licensesOf(root: string, folders: readonly string[]): string {
  const parts = folders.map((folder) => {
    const manifest = parseObject(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const title = `${text(manifest?.['name']) ?? folder} ${text(manifest?.['version']) ?? ''}`;
    const license = text(manifest?.['license']) ?? 'unknown';
    const files = readdirSync(join(root, folder))
      .filter((name) => LICENSE.test(name))
      .sort();
    const texts = files.map((name) => readFileSync(join(root, folder, name), 'utf8').trim());
    const own = texts.length === 0 ? [`The package brings no text; its licence is ${license}.`] : texts;
    return [`${title} (${license})`, '', ...own].join('\n');
  });
  const intro = 'bluegreen contains the following works of others, under their own licences.';
  return `${[intro, ...new Set(parts)].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** The folder of the npm package that carries Node for this machine, or null. */
export function nodePackage(root: string): string | null {
  const folder = join('node_modules', `node-${process.platform}-${process.arch}`);
  return existsSync(join(root, folder)) ? folder : null;
}
