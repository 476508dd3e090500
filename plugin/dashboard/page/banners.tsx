import { clock } from './format.ts';
import { Lines } from './parts.tsx';
import type { ClusterView } from '../view.ts';

/** The program behind the page is gone. */
export function Offline() {
  return (
    <div class="banner bad" role="alert">
      The program that serves this page does not answer. To start it again: <code>kubectl bluegreen dashboard</code>
    </div>
  );
}

/** What is wrong beside the releases. */
export function Banners({ cluster, now }: { readonly cluster: ClusterView; readonly now: number }) {
  const { api, unread, dangers } = cluster;
  const failing = dangers.filter(({ state }) => state === 'fail');
  return (
    <>
      {api.problem === null ? null : (
        <div class="banner bad" role="alert">
          The API server cannot be reached since {clock(api.since, now)}: {api.problem}. What is shown is from before.
        </div>
      )}
      {unread.length === 0 ? null : (
        <div class="banner">
          <Lines lines={unread} />
        </div>
      )}
      {failing.length === 0 ? null : (
        <details class="banner">
          <summary>
            doctor reports {failing.length === 1 ? 'a failure' : `${failing.length} failures`}: {failing[0]?.title}
          </summary>
          <ul class="dangers">
            {failing.map(({ title, advice }) => (
              <li key={title}>
                {title}
                <p class="dim">{advice}</p>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
