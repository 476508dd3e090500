import type { StatusReport } from './report.ts';

/**
 * What keeps a release from being healthy, each in words of its own: a production that is split or answers no request,
 * and an active color whose rollout has not ended or that has fewer ready endpoints than replicas. Empty for a healthy one.
 */
export function unhealthy({ problems, active, colors, factsError }: StatusReport): readonly string[] {
  if (factsError !== null) return [`the colors could not be read: ${factsError}`];
  const color = colors.find((each) => each.color === active);
  if (color === undefined) return ['no color is active'];
  const { service, unsettled, workload, replicas, readyEndpoints } = color;
  const ready = readyEndpoints ?? 0;
  const few = ready === 0 || ready < (replicas ?? 0);
  return [
    ...problems.map(({ text }) => text),
    ...(unsettled === null ? [] : [`${workload ?? service} ${unsettled}`]),
    ...(few ? [`${service} has ${ready} of ${Math.max(1, replicas ?? 0)} endpoints ready`] : []),
  ];
}
