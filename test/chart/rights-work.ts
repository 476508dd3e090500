// Requests that make the webhook use every right that it has.
import type { JsonObject } from '../../common/json.ts';
import type { Client } from '../e2e/api.ts';
import { allTo, traefikService, weightedSpec } from '../objects.ts';

/** Colors that are Deployments, StatefulSets, Deployments whose preview has no pods, and DaemonSets. */
export const COLORS = {
  deployments: ['guards/colors.yaml', 'guards/routes.yaml'],
  statefulsets: ['workloads/statefulsets.yaml', 'workloads/traefik.yaml'],
  sleeping: ['guards/colors.yaml', 'workloads/traefik.yaml'],
  daemonsets: ['workloads/daemonsets.yaml', 'workloads/traefik.yaml'],
} as const;

function shopIn(namespace: string, group = 'traefik.io'): string {
  return `/apis/${group}/v1alpha1/namespaces/${namespace}/traefikservices/shop`;
}
const DRY = '?dryRun=All';
type Ask = Parameters<Client['call']>;
function switchTo(
  color: 'blue' | 'green',
  namespace: string,
  annotations: JsonObject,
  query = DRY,
  user?: string,
): Ask {
  const body = { metadata: { annotations }, spec: allTo(color) };
  const type = 'application/merge-patch+json';
  return ['PATCH', `${shopIn(namespace)}${query}`, { body, type, user: user ?? null }];
}

/**
 * Denied twice: one Event, which is counted. Each time another object, for the pause between two counts grows; the one
 * before goes, because the audit looks at each every other second.
 */
function deniedTwice(time: number): readonly Ask[] {
  const name = `denied-${time}`;
  const all = shopIn('sleeping').replace(/\/shop$/, '');
  const gone: readonly Ask[] = time === 0 ? [] : [['DELETE', `${all}/denied-${time - 1}`]];
  const type = 'application/merge-patch+json';
  const ask: Ask = ['PATCH', `${all}/${name}`, { body: { spec: weightedSpec(30, 30) }, type }];
  return [...gone, ['POST', all, { body: traefikService({ name }, weightedSpec(100, 0)) }], ask, ask];
}

/** All of them, one after the other, for the `time`-th time. */
export function work(time: number): readonly Ask[] {
  const tested = { 'bluegreen.dev/smoke-test': 'passed:6.1.6' };
  return [
    switchTo('green', 'deployments', tested),
    switchTo('green', 'sleeping', tested),
    switchTo('green', 'daemonsets', tested),
    switchTo('green', 'deployments', { 'bluegreen.dev/override': 'incident' }, DRY, 'alice'),
    ['DELETE', `/apis/apps/v1/namespaces/deployments/deployments/blue${DRY}`],
    ['DELETE', `${shopIn('deployments')}${DRY}`],
    ['DELETE', `${shopIn('deployments', 'traefik.containo.us')}${DRY}`],
    ...['middlewares/limit', 'tlsoptions/modern', 'serverstransports/patient'].map((part): Ask => [
      'DELETE',
      `${shopIn('deployments').replace('traefikservices/shop', part)}${DRY}`,
    ]),
    // Denials and switches that are no dry runs, for the Events.
    ...deniedTwice(time),
    switchTo('green', 'statefulsets', { 'bluegreen.dev/smoke-test': null }),
    switchTo('green', 'statefulsets', tested, ''),
    switchTo('blue', 'statefulsets', { 'bluegreen.dev/smoke-test': null }, ''),
  ];
}
