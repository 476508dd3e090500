import { ago, trafficText } from './format.ts';
import { ColorMark } from './parts.tsx';
import type { ColorName, PodView, ReleaseView, TrafficPoint } from '../view.ts';

interface TileProps {
  readonly color: ColorName;
  readonly view: ReleaseView;
  readonly pods: readonly PodView[];
  readonly last: TrafficPoint | undefined;
  readonly now: number;
}

function roleOf({ status }: ReleaseView, color: ColorName): string {
  if (status.active === color) return status.split ? 'ACTIVE, SPLIT' : 'ACTIVE';
  if (status.rollback.to === color) return 'PREVIOUS';
  const own = status.colors.find((each) => each.color === color);
  return own?.weight === null ? 'NOT LISTED' : 'PREVIEW';
}

/** One color of a release: what it runs, how, and its pods. */
export function Tile({ color, view, pods, last, now }: TileProps) {
  const own = view.status.colors.find((each) => each.color === color);
  if (own === undefined) return null;
  const { passed, by, at, reason } = own.smokeTest;
  const rows: readonly (readonly [string, string | number])[] = [
    ['Weight', own.weight ?? 'not listed'],
    ['Service', own.service],
    ['Workload', own.workload ?? 'unknown'],
    ['Revision', own.revisions.join(', ') || 'none'],
    ['Smoke test', passed ? `passed ${ago(at, now)} by ${by ?? 'unknown'}` : (reason ?? 'none')],
    ['Traffic', trafficText(last?.[color] ?? [0, null, null])],
  ];
  return (
    <article
      class={`tile ${color}${view.status.active === color ? ' is-active' : ''}`}
      aria-label={`${color}: ${roleOf(view, color)}`}
    >
      <p class="head">
        <ColorMark color={color} />
        <strong class="role">{roleOf(view, color)}</strong>
      </p>
      <p class="version">{view.versions[color]}</p>
      <dl>{rows.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name} value`}>{value}</dd>])}</dl>
      <p class="ready">
        {own.readyEndpoints ?? '?'} of {own.replicas ?? '?'} ready
        {own.unsettled === null ? '' : `: ${own.unsettled}`}
      </p>
      <ul class="pods" aria-label={`Pods of ${color}`}>
        {pods.map((pod) => (
          <li key={pod.name} class={pod.state}>
            <span class="box" aria-hidden="true" />
            {pod.name} <em>{pod.state}</em>
            {pod.reason === null ? null : <span class="reason">{pod.reason}</span>}
          </li>
        ))}
      </ul>
    </article>
  );
}
