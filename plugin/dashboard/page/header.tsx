import { countsOf, namespacesOf } from './order.ts';
import type { Filter } from './order.ts';
import type { ClusterView, ReleaseView } from '../view.ts';

interface HeaderProps {
  readonly cluster: ClusterView;
  readonly online: boolean;
  readonly releases: ReadonlyMap<string, ReleaseView>;
  /** Null where there is no list to narrow down. */
  readonly filter: Filter | null;
  readonly setFilter: (filter: Filter) => void;
}

/** Which cluster it is, how its releases are, and what narrows the list down. */
export function Header({ cluster, online, releases, filter, setFilter }: HeaderProps) {
  const { trouble, attention, frozen, well } = countsOf(releases.values());
  const connected = online && cluster.api.problem === null;
  return (
    <header class="top">
      <a class="home" href="#/">
        bluegreen
      </a>
      <span class="dim">
        {cluster.name}
        {cluster.namespace === null ? '' : `, namespace ${cluster.namespace}`}
        {cluster.readOnly ? ', read-only' : ''}
      </span>
      {filter === null ? null : <Search releases={releases} filter={filter} setFilter={setFilter} />}
      <span class="counts">
        {trouble > 0 ? <b class="bad">{trouble} in trouble · </b> : null}
        {attention > 0 ? <b>{attention} need attention · </b> : null}
        {frozen > 0 ? `${frozen} frozen · ` : ''}
        {well} OK
      </span>
      <span class={connected ? 'state connected' : 'state bad'} role="status">
        {connected ? '● connected' : '○ not connected'}
      </span>
    </header>
  );
}

type SearchProps = Pick<HeaderProps, 'releases' | 'setFilter'> & { readonly filter: Filter };

function Search({ releases, filter, setFilter }: SearchProps) {
  return (
    <form role="search" onSubmit={(event) => event.preventDefault()}>
      <label>
        <span class="hidden">Namespace</span>
        <select
          value={filter.namespace}
          onChange={({ currentTarget }) => setFilter({ ...filter, namespace: currentTarget.value })}
        >
          <option value="">all namespaces</option>
          {namespacesOf(releases.values()).map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="hidden">Search</span>
        <input
          id="search"
          type="search"
          placeholder="Search ( / )"
          value={filter.search}
          onInput={({ currentTarget }) => setFilter({ ...filter, search: currentTarget.value })}
        />
      </label>
    </form>
  );
}
