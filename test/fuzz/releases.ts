// The releases that the oracle writes to: one file of manifests each, with blue active and no namespace.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, text } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import { parseObjects } from '../yaml.ts';
import { kindOf, RESOURCES } from './resources.ts';
import type { Kind } from './resources.ts';

export interface ReleaseObject {
  readonly kind: Kind;
  readonly name: string;
  readonly manifest: JsonObject;
}

export interface Release {
  readonly name: string;
  /** The TraefikService with the colors. */
  readonly shop: string;
  /** The Services and workloads of the colors. */
  readonly blue: string;
  readonly green: string;
  /** Whether production's route is on the entry point with TLS. */
  readonly tls: boolean;
  readonly objects: readonly ReleaseObject[];
}

/** The host of production in the manifests; each namespace has one of its own. */
export const HOST = 'shop.example';

const SHAPES = [
  { name: 'deployments', shop: 'shop', blue: 'blue', green: 'green', tls: false },
  { name: 'statefulsets', shop: 'shop', blue: 'blue', green: 'green', tls: false },
  { name: 'daemonset', shop: 'shop-wrr', blue: 'shop-blue', green: 'shop-green', tls: false },
  { name: 'front', shop: 'shop', blue: 'blue-shop', green: 'green-shop', tls: true },
] as const;

export function readReleases(): readonly Release[] {
  return SHAPES.map((shape) => {
    const file = join(import.meta.dirname, 'releases', `${shape.name}.yaml`);
    const objects = parseObjects(readFileSync(file, 'utf8')).map((manifest) => ({
      kind: kindOf(text(at(manifest, 'kind'))),
      name: nameOf(manifest),
      manifest,
    }));
    return { ...shape, objects };
  });
}

export function objectOf(release: Release, kind: Kind, name: string): ReleaseObject | undefined {
  return release.objects.find((object) => object.kind === kind && object.name === name);
}

/** The manifest that a write starts from: that of the release, or one that says nothing yet. */
export function startOf(release: Release, { kind, name }: Pick<ReleaseObject, 'kind' | 'name'>): JsonObject {
  const { apiVersion } = RESOURCES[kind];
  return objectOf(release, kind, name)?.manifest ?? { apiVersion, kind, metadata: { name } };
}
