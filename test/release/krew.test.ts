import t from 'tap';
import { parse } from 'yaml';
import { krewManifest } from '../../scripts/release/krew.ts';
import type { KrewArchive } from '../../scripts/release/krew.ts';
import { parseJson } from '../../common/json-paths.ts';
import type { Json } from '../../common/json.ts';
import { krewProblems } from './krew.ts';

const BASE = 'https://forge.example/acme/bluegreen/releases/download/v0.1.0/';
const ARCHIVES: readonly KrewArchive[] = [
  { os: 'linux', arch: 'amd64', executable: 'kubectl-bluegreen' },
  { os: 'darwin', arch: 'arm64', executable: 'kubectl-bluegreen' },
  { os: 'windows', arch: 'amd64', executable: 'kubectl-bluegreen.exe' },
].map((each) => ({ ...each, file: `x_${each.os}_${each.arch}.tar.gz`, sha256: 'a'.repeat(64) }));

function manifest(archives = ARCHIVES, version = '0.1.0'): Json {
  return parseJson(JSON.stringify(parse(krewManifest(archives, version, BASE))));
}

t.test("the manifest keeps Krew's rules", async (t) => {
  t.strictSame(krewProblems(manifest(), 'bluegreen'), []);
  t.match(manifest(), {
    spec: {
      homepage: 'https://forge.example/acme/bluegreen',
      platforms: [{ uri: `${BASE}x_linux_amd64.tar.gz` }],
    },
  });
});

t.test('the rules find what Krew denies', async (t) => {
  const [linux] = ARCHIVES;
  if (linux === undefined) throw new Error('no archive');
  t.match(krewProblems(manifest([]), 'bluegreen'), ['there is no platform']);
  t.match(krewProblems(manifest(ARCHIVES, '1'), 'bluegreen'), ['version is no semantic version with a v']);
  t.match(krewProblems(manifest([{ ...linux, sha256: 'A' }]), 'bluegreen'), [/^sha256/]);
  t.match(krewProblems(manifest([linux, linux]), 'bluegreen'), ['two platforms have the same selector']);
  t.match(krewProblems(manifest([{ ...linux, file: 'x.rar' }]), 'bluegreen'), [/is no https archive/]);
  t.match(krewProblems(manifest([{ ...linux, os: 'windows' }]), 'bluegreen'), [/has the wrong extension/]);
  t.match(krewProblems(manifest(), 'blue green'), ['the name is not allowed']);
});
