import { at, get, list, text, isObject } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';

const API_VERSION = 'krew.googlecontainertools.github.com/v1alpha2';
const SEMVER = /^v\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const PLATFORM_KEYS = new Set(['selector', 'uri', 'sha256', 'bin', 'files']);
const WINDOWS_RESERVED = /^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])$/i;

/** What Krew would deny about a manifest of that file name, in its plugin index and at an installation. */
export function krewProblems(manifest: Json, name: string): readonly string[] {
  const spec = at(manifest, 'spec');
  const short = text(get(spec, 'shortDescription')) ?? '';
  const platforms = list(get(spec, 'platforms'));
  return [
    ...unless(get(manifest, 'apiVersion') === API_VERSION, 'apiVersion is not supported'),
    ...unless(get(manifest, 'kind') === 'Plugin', 'kind is not Plugin'),
    ...unless(/^[\w-]+$/.test(name) && !WINDOWS_RESERVED.test(name), 'the name is not allowed'),
    ...unless(/^[a-z][a-z0-9-]*$/.test(name) && !name.startsWith('kube'), 'the naming guide wants kebab case'),
    ...unless(at(manifest, 'metadata', 'name') === name, 'the name is not that of the file'),
    ...unless(short !== '' && !/[\r\n]/.test(short), 'shortDescription has to be one line'),
    ...unless(short.length <= 50, 'shortDescription is longer than 50 characters'),
    ...unless(SEMVER.test(text(get(spec, 'version')) ?? ''), 'version is no semantic version with a v'),
    ...unless(URL.canParse(text(get(spec, 'homepage')) ?? ''), 'homepage is no URL'),
    ...unless((text(get(spec, 'description')) ?? '') !== '', 'there is no description'),
    ...unless(platforms.length > 0, 'there is no platform'),
    ...overlaps(platforms),
    ...platforms.flatMap(platformProblems),
  ];
}

function platformProblems(platform: Json): readonly string[] {
  const uri = text(get(platform, 'uri')) ?? '';
  const bin = text(get(platform, 'bin')) ?? '';
  const files = list(get(platform, 'files'));
  const unknown = isObject(platform) ? Object.keys(platform).filter((key) => !PLATFORM_KEYS.has(key)) : [];
  const from = new Set(files.map((file) => text(get(file, 'from')) ?? ''));
  const named = files.every((file) => get(file, 'from') && get(file, 'to'));
  return [
    ...unless(/^https:\/\/.+\.(?:tar\.gz|zip)$/.test(uri), `uri ${uri} is no https archive`),
    ...unless(/^[a-f0-9]{64}$/.test(text(get(platform, 'sha256')) ?? ''), `sha256 of ${uri} is none`),
    ...unless(bin !== '' && from.has(bin), `bin ${bin} is not among the files`),
    ...unless(files.length > 0 && named, `files of ${uri} need from and to`),
    ...unless(from.has('LICENSE'), `the LICENSE of ${uri} is not extracted`),
    ...unless((platformOf(platform) === 'windows') === bin.endsWith('.exe'), `bin ${bin} has the wrong extension`),
    ...unless(unknown.length === 0, `unknown fields: ${unknown.join(', ')}`),
    ...selectorProblems(at(platform, 'selector', 'matchLabels')),
  ];
}

function selectorProblems(labels: Json | undefined): readonly string[] {
  if (!isObject(labels) || Object.keys(labels).length === 0) return ['a platform has no selector'];
  const keys = Object.keys(labels).filter((key) => key !== 'os' && key !== 'arch');
  return keys.map((key) => `selector key ${key} is not supported`);
}

function platformOf(platform: Json): string {
  return text(at(platform, 'selector', 'matchLabels', 'os')) ?? '';
}

function overlaps(platforms: readonly Json[]): readonly string[] {
  const labels = platforms.map((platform) => JSON.stringify(at(platform, 'selector', 'matchLabels')));
  return unless(new Set(labels).size === labels.length, 'two platforms have the same selector');
}

function unless(holds: boolean, problem: string): readonly string[] {
  return holds ? [] : [problem];
}
