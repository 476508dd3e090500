import { Chart } from './chart.tsx';
import type { ChartKind } from './chart.tsx';
import { clock, duration, perSecond, share } from './format.ts';
import { ColorMark, CommandLine, Lines, OfferButton, Sentence } from './parts.tsx';
import { Tile } from './tile.tsx';
import type { ClusterView, ColorName, DetailView, Offer, ReleaseView, TrafficPoint } from '../view.ts';

const CHARTS: readonly ChartKind[] = [
  { title: 'Requests a second', index: 0, format: perSecond },
  { title: 'Errors (5xx)', index: 1, format: share },
  { title: '99th percentile', index: 2, format: duration },
];
const COLORS: readonly ColorName[] = ['blue', 'green'];

interface ReleaseProps {
  readonly view: ReleaseView;
  readonly detail: DetailView | null;
  readonly points: readonly TrafficPoint[];
  readonly cluster: ClusterView;
  readonly now: number;
  readonly begin: (view: ReleaseView, offer: Offer) => void;
}

/** One release: what it is, what it does, and what can be done. */
export function Release({ view, detail, points, cluster, now, begin }: ReleaseProps) {
  const { status, fix } = view;
  const { namespace, name } = status.resource;
  return (
    <>
      <nav>
        <a href="#/">← All releases</a>
      </nav>
      <h1>
        <span class="namespace">{namespace}/</span>
        {name}
      </h1>
      <Sentence view={view} />
      {fix === null ? null : <p class="fix">{fix.startsWith('kubectl') ? <CommandLine command={fix} /> : fix}</p>}
      <Lines lines={status.problems.slice(1).map(({ kind, text, advice }) => `${kind}: ${text}. ${advice}`)} />
      <section class="tiles" aria-label="Colors">
        {COLORS.map((color) => (
          <Tile key={color} color={color} view={view} pods={detail?.pods[color] ?? []} last={points.at(-1)} now={now} />
        ))}
      </section>
      <Steps view={view} detail={detail} cluster={cluster} begin={begin} />
      <section aria-labelledby="traffic">
        <h2 id="traffic">Traffic of the last 15 minutes</h2>
        <p class="dim">
          <ColorMark color="blue" /> solid, <ColorMark color="green" /> dashed; a dotted line is a switch.
        </p>
        {cluster.noTraffic === null ? (
          <div class="charts">
            {CHARTS.map((kind) => (
              <Chart key={kind.title} kind={kind} points={points} history={detail?.history ?? []} />
            ))}
          </div>
        ) : (
          <p class="dim">Not measured: {cluster.noTraffic}</p>
        )}
      </section>
      <Dangers view={view} detail={detail} />
      <History detail={detail} now={now} />
      {cluster.readOnly ? null : <BackBar view={view} begin={begin} />}
    </>
  );
}

function Steps({ view, detail, cluster, begin }: Pick<ReleaseProps, 'view' | 'detail' | 'cluster' | 'begin'>) {
  const { promote, freeze } = view;
  return (
    <section aria-labelledby="steps">
      <h2 id="steps">Next steps</h2>
      <ol class="steps">
        {(detail?.steps ?? []).map((step) => (
          <li key={step.name} class={step.state}>
            <h3>
              {step.name} <em>{step.state}</em>
            </h3>
            <Lines lines={step.notes} />
            <CommandLine command={step.command} />
            {step.name === 'Promote' && !cluster.readOnly && promote.to !== null ? (
              <OfferButton offer={promote} look="promote" begin={(offer) => begin(view, offer)}>
                Promote {promote.to} {view.versions[promote.to]}
              </OfferButton>
            ) : null}
          </li>
        ))}
      </ol>
      {cluster.readOnly ? null : (
        <p class="hold">
          <OfferButton offer={freeze} look="plain" begin={(offer) => begin(view, offer)}>
            {freeze.verb === 'freeze' ? 'Freeze' : 'Unfreeze'}
          </OfferButton>{' '}
          <CommandLine command={freeze.command} />
        </p>
      )}
    </section>
  );
}

function Dangers({ view, detail }: Pick<ReleaseProps, 'view' | 'detail'>) {
  const dangers = detail?.dangers ?? [];
  const { factsError, traefikNotRead } = view.status;
  const unread = [
    ...(factsError === null ? [] : [`The pods could not be read: ${factsError}`]),
    ...(traefikNotRead === null ? [] : [`Traefik was not read: ${traefikNotRead}`]),
  ];
  return (
    <section aria-labelledby="dangers">
      <h2 id="dangers">What endangers it</h2>
      {dangers.length + unread.length === 0 ? <p class="dim">Nothing that is known.</p> : null}
      <Lines lines={unread} />
      <ul class="dangers">
        {dangers.map(({ state, title, advice }) => (
          <li key={title} class={state}>
            <strong>{state === 'fail' ? 'fails' : state === 'warn' ? 'warning' : 'unknown'}</strong> {title}
            {advice === null ? null : <p class="dim">{advice}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function History({ detail, now }: Pick<ReleaseProps, 'detail' | 'now'>) {
  const history = detail?.history ?? [];
  return (
    <section aria-labelledby="history">
      <h2 id="history">History</h2>
      {history.length === 0 ? (
        <p class="dim">Nothing is recorded yet.</p>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="History of switches">
          <table>
            <thead>
              <tr>
                {['When', 'What', 'To', 'Version', 'By', 'Why'].map((title) => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {history.map((entry) => (
                <tr key={`${entry.at}${entry.kind}`}>
                  <td>{clock(entry.at, now)}</td>
                  <td>{entry.kind}</td>
                  <td>
                    <ColorMark color={entry.to} />
                  </td>
                  <td>{entry.version}</td>
                  <td>{entry.by ?? 'unknown'}</td>
                  <td class={entry.kind.includes('override') ? 'override' : ''}>{entry.why}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** Always at the same place, whatever the page shows. */
function BackBar({ view, begin }: Pick<ReleaseProps, 'view' | 'begin'>) {
  const { rollback, versions } = view;
  const note = rollback.reasons.length === 0 ? 'takes effect at once' : rollback.reasons.join('; ');
  return (
    <aside class="backbar" aria-label="Rollback">
      <OfferButton offer={rollback} look="rollback" begin={(offer) => begin(view, offer)}>
        {rollback.to === null ? 'ROLL BACK' : `ROLL BACK to ${rollback.to} ${versions[rollback.to]}`}
      </OfferButton>
      <span class="backnote">{note}</span>
      <CommandLine command={rollback.command} />
    </aside>
  );
}
