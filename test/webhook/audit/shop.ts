import { targetOf } from '../../../webhook/audit/inspect.ts';
import type { Target } from '../../../webhook/audit/inspect.ts';
import type { AuditReader, ToldOfChanges } from '../../../webhook/audit/reader.ts';
import { sameJson } from '../../../common/json.ts';
import type { Group } from '../../../webhook/policy/index.ts';
import type { JsonObject } from '../../../common/json.ts';
import { weightedSpec } from '../../objects.ts';

/** A cluster's list of TraefikServices, which a test changes as it goes. */
export class FakeInventory implements AuditReader {
  readonly objects = new Map<Group, JsonObject[]>();
  readonly routes = new Map<Group, JsonObject[]>();
  readonly named = new Map<string, string>();
  /** Thrown by the next page. */
  fault: Error | null = null;
  pages = 0;
  /** Single objects that were asked for, by name. */
  readonly read: string[] = [];
  #told: ToldOfChanges | null = null;
  readonly #size: number;

  constructor(pageSize = 2) {
    this.#size = pageSize;
  }

  put(group: Group, ...objects: JsonObject[]): void {
    this.objects.set(group, objects);
  }

  /** Puts one object in the place of its former self, or takes it away, as a watch sees it. */
  change(group: Group, object: JsonObject, deleted = false): void {
    const target = targetOf(group, object);
    const others = (this.objects.get(group) ?? []).filter((each) => !sameTarget(target, targetOf(group, each)));
    this.put(group, ...others, ...(deleted ? [] : [object]));
    this.#told?.onChange(target);
  }

  /** The watch breaks, or is there again. */
  problem(reason: string): void {
    this.#told?.onProblem(reason);
  }

  watch(told: ToldOfChanges, signal: AbortSignal): Promise<void> {
    this.#told = told;
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  async traefikService(target: Target): Promise<JsonObject | null> {
    this.read.push(target.name);
    if (this.fault !== null) throw this.fault;
    const all = this.objects.get(target.group) ?? [];
    return all.find((object) => sameTarget(target, targetOf(target.group, object))) ?? null;
  }

  async *traefikServices(group: Group): AsyncGenerator<readonly JsonObject[]> {
    const all = this.objects.get(group) ?? [];
    for (let start = 0; start < all.length; start += this.#size) {
      this.pages++;
      yield all.slice(start, start + this.#size);
      if (this.fault !== null) throw this.fault;
    }
  }

  async *ingressRoutes(group: Group): AsyncGenerator<readonly JsonObject[]> {
    yield this.routes.get(group) ?? [];
  }

  namespacesWithMode(modes: readonly string[]): Promise<ReadonlySet<string>> {
    const found = [...this.named].filter(([, mode]) => modes.includes(mode)).map(([name]) => name);
    return Promise.resolve(new Set(found));
  }
}

function sameTarget(a: Target, b: Target): boolean {
  return sameJson({ ...a }, { ...b });
}

/** A TraefikService over blue and green with these weights. */
export function weighted(namespace: string, name: string, blue: number, green: number, annotations = {}): JsonObject {
  return { metadata: { namespace, name, annotations }, spec: weightedSpec(blue, green) };
}
