// Writes as a person reads them: `merge patch TraefikService shop: /spec/weighted/services/1/scheme = "grpc"`.
import type { Sequence } from './generate.ts';
import { differences, formatPath } from './paths.ts';
import type { Release } from './releases.ts';
import { startOf } from './releases.ts';
import type { Write } from './writes.ts';

export function describeSequence(release: Release, sequence: Sequence): string {
  return sequence.map((write) => describeWrite(release, write)).join(', then ');
}

function describeWrite(release: Release, write: Write): string {
  const { way, kind, name, wanted } = write;
  const what = `${way} ${kind} ${name}`;
  if (wanted === null) return what;
  const changes = differences(startOf(release, write), wanted).map(({ path, after }) =>
    after === undefined ? `without ${formatPath(path)}` : `${formatPath(path)} = ${JSON.stringify(after)}`,
  );
  return `${what}: ${changes.length === 0 ? 'nothing changed' : changes.join(', ')}`;
}

/** The changes of a sequence, without the way they are written: what makes two findings the same one. */
export function changesOf(release: Release, sequence: Sequence): ReadonlySet<string> {
  return new Set(
    sequence.flatMap((write) => {
      const { kind, name, wanted } = write;
      if (wanted === null) return [`${kind} ${name} gone`];
      return differences(startOf(release, write), wanted).map(
        ({ path, after }) => `${kind} ${name} ${formatPath(path)} ${JSON.stringify(after)}`,
      );
    }),
  );
}
