import type { DoctorContext } from '../doctor/finding.ts';
import { lookAtOne } from '../doctor/releases.ts';
import { describeError } from '../kube/errors.ts';
import { UNSEEN } from '../production/look.ts';
import { brokenRouter } from '../production/problems.ts';
import type { Seen } from '../production/look.ts';
import { whyUnrecorded } from '../webhook/unrecorded.ts';
import { indexNames } from './counters.ts';
import type { NameIndex } from './counters.ts';
import { detailOf } from './detail.ts';
import { followAll } from './follow-all.ts';
import { LOOK, lookAround } from './look-around.ts';
import { createPast } from './past.ts';
import { rememberReasons } from './reasons.ts';
import { commandsOf, releasesIn } from './releases.ts';
import type { Shown } from './releases.ts';
import { COLLECTION_NAMES, createStore } from './store.ts';
import { storedReader } from './stored-reader.ts';
import type { Look } from './traffic.ts';
import type { ClusterView, MessageName, Messages, ReleaseView, TrafficPoint } from './view.ts';

/** Milliseconds for which changes are gathered before views are made of them. */
const GATHER = 25;
/** Milliseconds of traffic that are kept. */
const KEPT = 15 * 60_000;
/** Milliseconds after which releases are shown with what is read so far. */
const PATIENCE = 4000;

/** A page that listens, and the release that it looks at. */
export interface Listener {
  readonly id: string | null;
  send<Name extends MessageName>(name: Name, data: Messages[Name]): void;
}

/** What the dashboard knows, and who is told when it changes. */
export interface Feed {
  /** Sends the present state and then every change, until the function that it returns is called. */
  listen(listener: Listener): () => void;
  get(id: string): Shown | null;
  /** Resolves when the interruption ends it. */
  readonly ended: Promise<void>;
}

/** Where and how a feed runs. */
export interface FeedOptions extends DoctorContext {
  readonly readOnly: boolean;
  readonly version: string;
  /** Words that every shown command line needs to reach the same cluster. */
  readonly extra: string;
  /** Between 0 and 1. */
  readonly random: () => number;
}

/** Starts to follow the cluster, until the command is interrupted. */
export function startFeed(options: FeedOptions): Feed {
  const { session: live, io, namespace, readOnly, version, extra, random } = options;
  function now(): number {
    return io.now().getTime();
  }
  const started = now();
  const listeners = new Map<Listener, string>();
  const shown = new Map<string, Shown>();
  const texts = new Map<string, string>();
  const store = createStore(touch);
  const session = { ...live, reader: storedReader(store, live.reader) };
  const past = createPast(Math.ceil(KEPT / LOOK));
  const why = rememberReasons((place) => whyUnrecorded(live, place, io), now);
  let state: Pick<ClusterView, 'api' | 'noTraffic' | 'dangers' | 'loaded'> = {
    api: { problem: null, since: started },
    noTraffic: null,
    dangers: [],
    loaded: false,
  };
  let seen: Seen = UNSEEN;
  let told = '';
  let names: NameIndex = indexNames([]);
  let dirty = new Set<string>();
  let all = false;
  let busy = false;

  function touch(place: string | null): void {
    if (place === null) all = true;
    else dirty.add(place);
    schedule();
  }
  function schedule(): void {
    if (busy) return;
    busy = true;
    setTimeout(() => void build(), GATHER).unref();
  }
  async function build(): Promise<void> {
    const complete = COLLECTION_NAMES.every((name) => store.knowledge(name).kind !== 'unread');
    const ready = complete || now() - started > PATIENCE;
    if (ready) await show(taken());
    busy = false;
    if (dirty.size > 0 || all) schedule();
  }
  /** The namespaces in which something has changed. */
  function taken(): readonly string[] {
    const known = [...shown.values()].map(({ found }) => found.namespace);
    const stored = COLLECTION_NAMES.filter((name) => name.startsWith('traefikservices'));
    const present = stored.flatMap((name) => store.namespaces(name));
    const places = all ? new Set([...known, ...present]) : dirty;
    dirty = new Set();
    all = false;
    return [...places];
  }
  async function show(places: readonly string[]): Promise<void> {
    const sources = { store, session, io, seen, why, extra };
    const found = await Promise.all(
      places.map(async (place) => ({ place, releases: await releasesIn(sources, place) })),
    );
    const gone = found.flatMap(({ place, releases }) => forget(place, new Set(releases.map(({ view }) => view.id))));
    const changed = found.flatMap(({ releases }) => releases.filter(remember).map(({ view }) => view));
    announce(places, changed, gone);
  }
  function forget(place: string, present: ReadonlySet<string>): readonly string[] {
    const gone = [...shown.keys()].filter((id) => id.startsWith(`${place}/`) && !present.has(id));
    for (const id of gone) {
      shown.delete(id);
      texts.delete(id);
    }
    return gone;
  }
  /** Whether there is something new to say. */
  function remember(each: Shown): boolean {
    const text = JSON.stringify(each.view);
    shown.set(each.view.id, each);
    if (texts.get(each.view.id) === text) return false;
    texts.set(each.view.id, text);
    return true;
  }
  function announce(places: readonly string[], changed: readonly ReleaseView[], gone: readonly string[]): void {
    if (changed.length > 0 || gone.length > 0) {
      names = indexNames([...shown].map(([id, { found }]) => ({ id, found })));
      past.keep(new Set(shown.keys()));
      if (state.loaded) tell('change', { changed, gone });
    }
    if (!state.loaded) {
      state = { ...state, loaded: true };
      tell('releases', views());
    }
    tellCluster();
    for (const listener of listeners.keys())
      if (places.includes(listener.id?.split('/')[0] ?? '')) void tellDetail(listener);
  }
  function views(): readonly ReleaseView[] {
    return [...shown.values()].map(({ view }) => view);
  }
  function cluster(): ClusterView {
    const unread = COLLECTION_NAMES.flatMap((name) => {
      const knowledge = store.knowledge(name);
      if (knowledge.kind !== 'failed' || knowledge.stale || state.api.problem !== null) return [];
      return [`${name} cannot be read: ${describeError(knowledge.error)}`];
    });
    return { name: live.connection.url.host, version, namespace, readOnly, unread, ...state };
  }
  function tell<Name extends MessageName>(name: Name, data: Messages[Name]): void {
    for (const listener of listeners.keys()) listener.send(name, data);
  }
  function tellCluster(): void {
    const view = cluster();
    const text = JSON.stringify(view);
    if (text !== told) tell('cluster', view);
    told = text;
  }
  async function tellDetail(listener: Listener): Promise<void> {
    const each = shown.get(listener.id ?? '');
    if (each === undefined) return;
    const findings = await lookAtOne({ session, io }, each.found, seen);
    const detail = detailOf(store, each.found, each.view, findings, commandsOf(each.found, extra));
    const text = JSON.stringify(detail);
    if (!listeners.has(listener) || listeners.get(listener) === text) return;
    listeners.set(listener, text);
    listener.send('detail', detail);
  }
  function onLook({ seen: found, noTraffic, rates, at }: Look): void {
    // What is shown stays as it was before the API server went away.
    if (state.api.problem !== null) return;
    const differs = JSON.stringify(found, listed) !== JSON.stringify(seen, listed);
    seen = found;
    if (differs) touch(null);
    // Whether Traefik has had the time to read a change is a matter of time alone.
    for (const { found: each } of shown.values()) if (brokenRouter(each, found) !== null) touch(each.namespace);
    state = { ...state, noTraffic };
    if (rates === null) return;
    const counted: Record<string, Omit<TrafficPoint, 'at'>> = {};
    for (const id of shown.keys()) {
      const each = rates(id);
      past.add(id, { at, ...each });
      if (each.blue[0] > 0 || each.green[0] > 0) counted[id] = each;
    }
    tell('traffic', { at, rates: counted });
  }

  const followed = followAll({ client: live.client, store, namespace, io, random });
  const looked = lookAround(options, {
    names: () => names,
    watched: () => listeners.size > 0,
    onApi: (api) => void (state = { ...state, api }),
    onLook,
    onDangers: (dangers) => {
      state = { ...state, dangers };
      tellCluster();
    },
    onEnd: tellCluster,
    onReturn: () => followed.renew(),
  });
  return {
    listen: (listener) => {
      listeners.set(listener, '');
      listener.send('cluster', cluster());
      if (state.loaded) listener.send('releases', views());
      if (listener.id !== null) {
        listener.send('past', { id: listener.id, points: past.of(listener.id) });
        void tellDetail(listener);
      }
      return () => void listeners.delete(listener);
    },
    get: (id) => shown.get(id) ?? null,
    ended: Promise.all([followed.ended, looked]).then(() => undefined),
  };
}

/** A map as JSON has it. */
function listed(_: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value;
}
