import type { AuditReader } from '../../../webhook/audit/reader.ts';
import type { Group } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import { weightedSpec } from '../../objects.ts';

/** A cluster's list of TraefikServices, which a test changes as it goes. */
export class FakeInventory implements AuditReader {
  readonly objects = new Map<Group, JsonObject[]>();
  readonly named = new Map<string, string>();
  /** Thrown by the next page. */
  fault: Error | null = null;
  pages = 0;
  readonly #size: number;

  constructor(pageSize = 2) {
    this.#size = pageSize;
  }

  put(group: Group, ...objects: JsonObject[]): void {
    this.objects.set(group, objects);
  }

  async *traefikServices(group: Group): AsyncGenerator<readonly JsonObject[]> {
    const all = this.objects.get(group) ?? [];
    for (let start = 0; start < all.length; start += this.#size) {
      this.pages++;
      yield all.slice(start, start + this.#size);
      if (this.fault !== null) throw this.fault;
    }
  }

  namespacesWithMode(modes: readonly string[]): Promise<ReadonlySet<string>> {
    const found = [...this.named].filter(([, mode]) => modes.includes(mode)).map(([name]) => name);
    return Promise.resolve(new Set(found));
  }
}

/** A TraefikService over blue and green with these weights. */
export function weighted(namespace: string, name: string, blue: number, green: number, annotations = {}): JsonObject {
  return { metadata: { namespace, name, annotations }, spec: weightedSpec(blue, green) };
}
