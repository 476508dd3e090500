import type { Decided } from '../../../webhook/admission/decision-event.ts';
import type { EventStore, EventToWrite } from '../../../webhook/events/store.ts';
import type { JsonObject } from '../../../common/json.ts';
import { ALLOWED } from '../parts.ts';
import { request, traefikService } from '../admission/world.ts';

/** The Events and TraefikServices of a cluster, whose API server a test can make deny. */
export class FakeEvents implements EventStore {
  readonly objects = new Map<string, JsonObject>();
  readonly events = new Map<string, EventToWrite>();
  readonly writes: string[] = [];
  fault: Error | null = null;
  reads = 0;

  async read({ name }: { readonly name: string }): Promise<JsonObject | null> {
    this.reads++;
    if (this.fault !== null) throw this.fault;
    return this.objects.get(name) ?? null;
  }

  async create(event: EventToWrite): Promise<void> {
    this.writes.push('create');
    if (this.fault !== null) throw this.fault;
    if (!this.events.has(event.name)) this.events.set(event.name, event);
  }

  async repeat(event: EventToWrite): Promise<void> {
    this.writes.push('repeat');
    if (this.fault !== null) throw this.fault;
    if (!this.events.has(event.name)) throw new Error(`no Event ${event.name}`);
    this.events.set(event.name, event);
  }

  /** `Denied x2 shop (its uid): note`, in the order of writing. */
  told(): readonly string[] {
    return [...this.events.values()].map(
      ({ reason, count, subject, note }) => `${reason} x${count} ${subject.name} (${subject.uid}): ${note}`,
    );
  }
}

const LIVE = { ...traefikService([100, 0]), metadata: { name: 'shop', namespace: 'demo', uid: 'u-shop' } };
const SHOP = [{ group: 'traefik.io', name: 'shop' }] as const;

/** A denied update of `shop` by ada. */
export function denied(more: Partial<Decided> = {}, message = 'weights-total: 90'): Decided {
  return {
    webhook: 'mutate',
    mode: 'enforce',
    request: request(traefikService([60, 30]), LIVE),
    answer: {
      ...ALLOWED,
      verdict: 'denied',
      reason: 'Forbidden',
      message,
      checks: ['weights-total'],
      about: SHOP,
    },
    milliseconds: 1,
    ...more,
  };
}

/** A promotion that was let through, and what of it the record says once it is stored. */
export function promoted(at = '2026-03-01T12:00:00Z', override: string | null = null) {
  const decided: Decided = {
    ...denied(),
    answer: {
      ...ALLOWED,
      about: SHOP,
      switched: { kind: 'promotion', from: 'blue', to: 'green' },
      recordedAt: at,
    },
  };
  const entry = {
    kind: 'promotion',
    from: 'blue',
    to: 'green',
    at,
    by: 'ada',
    revision: 'h2',
    images: ['shop:2'],
    override,
  };
  const record = JSON.stringify({ active: { color: 'green' }, history: [entry] });
  const stored: JsonObject = {
    ...traefikService([0, 100]),
    metadata: { name: 'shop', namespace: 'demo', uid: 'u-shop', annotations: { 'bluegreen.dev/record': record } },
  };
  return { decided, stored };
}
