import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { run, runOk } from '../lib/run.ts';
import { at, get, isObject, list, parseObject, text } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';

const PRODUCT = 'bluegreen';

/** Something in a release that npm does not know. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** Its package URL, by which scanners know it. */
  readonly purl: string;
}

/**
 * The bill of materials, in CycloneDX as `npm sbom` writes it: the npm packages of the product, and `others`. Times and
 * random numbers are taken out.
 */
export async function billOfMaterials(root: string, others: readonly Component[]): Promise<string> {
  const flags = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'];
  const bom = parseObject(await runOk('npm', ['sbom', ...flags], { cwd: root }));
  const shipped = shippedPackages(parseObject(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  const { timestamp: _, ...metadata } = objectAt(bom, 'metadata');
  // npm calls the product by the name of the folder that it lies in.
  const component = { ...objectAt(metadata, 'component'), name: PRODUCT };
  const packages = list(bom?.['components']).filter((each) => shipped.has(text(get(each, 'bom-ref')) ?? ''));
  const components = [...packages, ...others.map(componentOf)];
  const content = { ...bom, metadata: { ...metadata, component }, components };
  return `${JSON.stringify({ ...content, serialNumber: serialOf(content) }, null, 2)}\n`;
}

/**
 * NAME@VERSION of every npm package of the product. Not by `npm sbom --omit=dev`: it leaves out what is optional for a
 * development tool as well, whoever else needs it.
 */
function shippedPackages(lock: JsonObject | null): ReadonlySet<string> {
  const all = objectAt(lock, 'packages');
  const platforms = objectAt(all[''], 'optionalDependencies');
  const shipped = Object.entries(all).flatMap(([path, each]) => {
    const name = path.split('node_modules/').at(-1) ?? '';
    const wanted = name !== '' && get(each, 'dev') !== true && get(each, 'devOptional') !== true;
    return wanted && !Object.hasOwn(platforms, name) ? [`${name}@${text(get(each, 'version')) ?? ''}`] : [];
  });
  return new Set(shipped);
}

function objectAt(value: unknown, key: string): JsonObject {
  const found = at(value, key);
  return isObject(found) ? found : {};
}

function componentOf({ name, version, purl }: Component): Json {
  return { 'bom-ref': purl, type: 'library', name, version, purl };
}

/** A UUID that follows from the content. */
function serialOf(content: JsonObject): string {
  const { serialNumber: _, ...rest } = content;
  const hash = createHash('sha256').update(JSON.stringify(rest)).digest('hex');
  return `urn:uuid:${hash.slice(0, 8)}-${hash.slice(8, 12)}-5${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

/** Node itself, which is in the image and in every executable. */
export function nodeComponent(version: string): Component {
  return {
    name: 'node',
    version,
    purl: `pkg:generic/node@${version}`,
  };
}

/** The Debian packages that own these files; none on other systems. */
export async function debianComponents(files: readonly string[]): Promise<readonly Component[]> {
  const packages = await ownersOf(files);
  if (packages.length === 0) return [];
  const format = '--showformat=${Package} ${Version} ${Architecture}\n';
  const shown = (await runOk('dpkg-query', ['--show', format, ...packages])).trim().split('\n');
  const unique = new Map(shown.map(debianComponent).map((component) => [component.purl, component]));
  return [...unique.values()].sort((one, other) => (one.purl < other.purl ? -1 : 1));
}

function debianComponent(shown: string): Component {
  const [name = '', version = '', arch = ''] = shown.split(' ');
  return { name, version, purl: `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${arch}` };
}

/** Packages, by the names that dpkg gives them. It says what it finds, and fails for a path that no package owns. */
async function ownersOf(files: readonly string[]): Promise<readonly string[]> {
  const places = files.map(placesOf);
  if (places.length === 0) return [];
  const found = await run('dpkg-query', ['--search', ...places.flat()]).catch(() => null);
  const owners = new Map(
    (found?.stdout ?? '').split('\n').map((line) => {
      const [owner = '', path = ''] = line.split(': ');
      return [path, owner] as const;
    }),
  );
  return [...new Set(places.flatMap((paths) => paths.flatMap((path) => owners.get(path) ?? []).slice(0, 1)))];
}

/** Packages from before /lib became a link to /usr/lib still name the old place. */
function placesOf(file: string): readonly string[] {
  const real = realpathSync(file);
  return [...new Set([file, real, real.replace(/^\/usr\/lib/, '/lib')])];
}
