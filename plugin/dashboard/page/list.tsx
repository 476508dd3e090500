import { Component } from 'preact';
import type { ClusterView, Messages, Offer, ReleaseView, TrafficPoint } from '../view.ts';
import { ageOf, ago, perSecond, share, trafficText } from './format.ts';
import { ColorMark, OfferButton, Sentence } from './parts.tsx';
import { STILL } from './state.ts';

interface RowProps {
  readonly view: ReleaseView;
  readonly rates: Omit<TrafficPoint, 'at'>;
  readonly measured: boolean;
  readonly readOnly: boolean;
  readonly now: number;
  readonly begin: (view: ReleaseView, offer: Offer) => void;
}

/** One release of the list; drawn anew only when it changes. */
class Row extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    const { view, rates, measured, readOnly, now } = this.props;
    const same = view === next.view && rates === next.rates && measured === next.measured;
    return !same || readOnly !== next.readOnly || now !== next.now;
  }

  override render({ view, rates, measured, readOnly, now, begin }: RowProps) {
    const { namespace, name } = view.status.resource;
    return (
      <li class={`row ${view.rank}`} data-id={view.id}>
        <h2>
          <a href={`#/release/${view.id}`}>
            <span class="namespace">{namespace}/</span>
            {name}
          </a>
        </h2>
        <Sentence view={view} />
        <Active view={view} now={now} />
        <Preview view={view} now={now} />
        <Traffic rates={rates} measured={measured} />
        <Previous view={view} />
        {readOnly ? null : <Actions view={view} begin={begin} />}
      </li>
    );
  }
}

interface PartProps {
  readonly view: ReleaseView;
  readonly now: number;
}

function Active({ view: { status, versions }, now }: PartProps) {
  const { active, since, by } = status;
  return (
    <p class="active">
      <span class="label">Active</span>{' '}
      {active === null ? 'nothing' : <ColorMark color={active} version={versions[active]} />}
      <span class="dim">
        {since === null ? '' : ` for ${ageOf(since, now)}`}
        {by === null ? '' : `, by ${by}`}
      </span>
    </p>
  );
}

function Preview({ view: { status, versions }, now }: PartProps) {
  const preview = status.colors.find(({ role }) => role === 'preview');
  if (preview === undefined || preview.weight === null)
    return (
      <p class="preview">
        <span class="label">Preview</span> <span class="dim">not listed</span>
      </p>
    );
  const { color, readyEndpoints, replicas, smokeTest } = preview;
  return (
    <p class="preview">
      <span class="label">Preview</span> <ColorMark color={color} version={versions[color]} />{' '}
      <span class="dim">
        {readyEndpoints ?? '?'}/{replicas ?? '?'} ready,{' '}
        {smokeTest.passed ? `tested ${ago(smokeTest.at, now)} ✓` : 'not tested'}
      </span>
    </p>
  );
}

function Previous({ view: { status, versions } }: Pick<PartProps, 'view'>) {
  const { to, possible } = status.rollback;
  return (
    <p class="back">
      <span class="label">Rollback to</span>{' '}
      {to === null ? <span class="dim">none</span> : <ColorMark color={to} version={versions[to]} />}
      {to === null || possible ? null : <span class="dim"> not now</span>}
    </p>
  );
}

function Actions({ view, begin }: Pick<RowProps, 'view' | 'begin'>) {
  const { promote, rollback, versions } = view;
  return (
    <div class="actions">
      {promote.to === null || !promote.possible ? null : (
        <OfferButton offer={promote} look="promote" begin={(offer) => begin(view, offer)}>
          Promote {promote.to} {versions[promote.to]}
        </OfferButton>
      )}
      {rollback.to === null ? null : (
        <OfferButton offer={rollback} look="rollback" begin={(offer) => begin(view, offer)}>
          Roll back to {rollback.to} {versions[rollback.to]}
        </OfferButton>
      )}
    </div>
  );
}

function Traffic({ rates, measured }: Pick<RowProps, 'rates' | 'measured'>) {
  if (!measured) return <p class="traffic dim">traffic not measured</p>;
  return (
    <p class="traffic" title={`blue: ${trafficText(rates.blue)}; green: ${trafficText(rates.green)}`}>
      <span class="label">Traffic</span>{' '}
      {(['blue', 'green'] as const).map((color) => {
        const [requests, errors] = rates[color];
        return (
          <span key={color} class={requests === 0 ? 'dim' : ''}>
            {color} {perSecond(requests)}/s{errors === null ? '' : ` ${share(errors)} errors`}{' '}
          </span>
        );
      })}
    </p>
  );
}

interface ListProps {
  readonly views: readonly ReleaseView[];
  readonly cluster: ClusterView;
  readonly rates: Messages['traffic']['rates'];
  readonly now: number;
  readonly begin: RowProps['begin'];
}

/** All releases that the filter leaves. */
export function List({ views, cluster, rates, now, begin }: ListProps) {
  return (
    <ul class="list" aria-label="Releases">
      {views.map((view) => (
        <Row
          key={view.id}
          view={view}
          rates={rates[view.id] ?? STILL}
          measured={cluster.noTraffic === null}
          readOnly={cluster.readOnly}
          now={now}
          begin={begin}
        />
      ))}
    </ul>
  );
}
