import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { PeerId } from './names.ts';

/** A peer's manifests as a team would have them in Git. */
export function fixtureText(id: PeerId): string {
  return readFileSync(new URL(`fixtures/${id}.yaml`, import.meta.url), 'utf8');
}

/** What a team has to own, such as `2 Deployments`, in the order of the manifests. */
export function ownedObjects(manifests: string): readonly string[] {
  const counts = new Map<string, number>();
  for (const document of parseAllDocuments(manifests)) {
    const kind = String(document.get('kind'));
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}s`));
}
