import { useCallback, useEffect, useLayoutEffect, useMemo, useReducer, useState } from 'preact/hooks';
import { Banners, Offline } from './banners.tsx';
import { Confirm } from './confirm.tsx';
import type { Intent } from './confirm.tsx';
import { listen } from './connection.ts';
import { Header } from './header.tsx';
import { press } from './keys.ts';
import { List } from './list.tsx';
import { ordered } from './order.ts';
import type { Filter } from './order.ts';
import { Release } from './release.tsx';
import { NOTHING, take } from './state.ts';
import type { State } from './state.ts';
import type { ClusterView, Offer, ReleaseView } from '../view.ts';

/** Milliseconds after which ages are shown anew. */
const TICK = 5000;

type Step = (state: State) => State;

/** The whole page. */
export function App() {
  const [state, dispatch] = useReducer((before: State, step: Step) => step(before), NOTHING);
  const id = useRoute();
  const now = useNow();
  const [filter, setFilter] = useState<Filter>({ search: '', namespace: '' });
  const [intent, setIntent] = useState<Intent | null>(null);
  useEffect(() => {
    dispatch((before) => ({ ...before, detail: null, points: [], pointsOf: null }));
    return listen(id, {
      message: (name, data) => dispatch((before) => take(before, name, data)),
      online: (online) => dispatch((before) => (before.online === online ? before : { ...before, online })),
    });
  }, [id]);
  // Before it is shown: who presses Escape at once is heard by the page that is seen.
  useLayoutEffect(() => {
    function pressed(event: KeyboardEvent): void {
      press(event, id !== null);
    }
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [id]);
  const begin = useCallback((view: ReleaseView, offer: Offer) => setIntent({ view, offer }), []);
  const views = useMemo(() => ordered(state.releases.values(), filter), [state.releases, filter]);
  const { cluster, releases, rates, detail, points, online } = state;
  if (cluster === null) return <main>{online ? <p>Connecting …</p> : <Offline />}</main>;
  const view = id === null ? undefined : releases.get(id);
  const shared = { cluster, now, begin };
  return (
    <>
      <Header {...{ cluster, online, releases, setFilter }} filter={id === null ? filter : null} />
      <main>
        {online ? null : <Offline />}
        <Banners cluster={cluster} now={now} />
        {id === null ? (
          <>
            <h1 class="hidden">Releases</h1>
            <List {...shared} views={views} rates={rates} />
            {views.length === 0 ? <p class="dim">{emptyText(cluster, releases.size)}</p> : null}
          </>
        ) : view === undefined ? (
          <Missing id={id} cluster={cluster} />
        ) : (
          <Release {...shared} view={view} detail={detail?.id === id ? detail : null} points={points} />
        )}
      </main>
      {intent === null ? null : <Confirm intent={intent} close={() => setIntent(null)} />}
    </>
  );
}

function Missing({ id, cluster }: { readonly id: string; readonly cluster: ClusterView }) {
  return (
    <>
      <nav>
        <a href="#/">← All releases</a>
      </nav>
      <h1>{id}</h1>
      <p>{cluster.loaded ? 'There is no such release.' : 'Reading the cluster …'}</p>
    </>
  );
}

function emptyText({ loaded }: ClusterView, releases: number): string {
  if (!loaded) return 'Reading the cluster …';
  if (releases > 0) return 'No release has all of these words.';
  return 'No blue-green TraefikService was found. To begin: kubectl bluegreen init';
}

/** The release that the address names; null for the list. */
function useRoute(): string | null {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    function change(): void {
      setHash(location.hash);
      scrollTo(0, 0);
    }
    addEventListener('hashchange', change);
    return () => removeEventListener('hashchange', change);
  }, []);
  const prefix = '#/release/';
  return hash.startsWith(prefix) ? decodeURIComponent(hash.slice(prefix.length)) : null;
}

function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK);
    return () => clearInterval(timer);
  }, []);
  return now;
}
