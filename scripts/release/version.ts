import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where else than in package.json the version stands; the group of each expression is the version. */
export const PLACES: readonly (readonly [file: string, place: RegExp])[] = [
  ['charts/bluegreen/Chart.yaml', /^version: (.+)$/m],
  ['charts/bluegreen/Chart.yaml', /^appVersion: (.+)$/m],
  ['README.md', /docker build -t REGISTRY\/bluegreen\/webhook:(\S+) /],
  ['README.md', /docker push REGISTRY\/bluegreen\/webhook:(\S+)/],
  ['Dockerfile', /docker build -t HOST\/PATH\/bluegreen-webhook:(\S+) /],
  ['Dockerfile', /^LABEL org\.opencontainers\.image\.version=(\S+)$/m],
];

/** The places that name another version, or none. */
export function strayVersions(root: string, version: string): readonly string[] {
  return PLACES.flatMap(([file, place]) => {
    const found = place.exec(readFileSync(join(root, file), 'utf8'))?.[1];
    return found === version ? [] : [`${file}: ${found ?? `no ${String(place)}`}`];
  });
}

/** Writes the version to all places. */
export function writeVersion(root: string, version: string): void {
  for (const [file, place] of PLACES) {
    const path = join(root, file);
    const content = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      content.replace(place, (whole, found: string) => whole.replace(found, version)),
    );
  }
}

// `npm version X` sets it in package.json and runs this before it commits.
if (import.meta.main) {
  const root = join(import.meta.dirname, '..', '..');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeVersion(root, String(version));
}
