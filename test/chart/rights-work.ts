// Requests that make the webhook use every right that it has, and the objects that they are about.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { objectAt } from '../../common/json-paths.ts';
import type { JsonObject } from '../../common/json.ts';
import { nameOf } from '../../common/objects.ts';
import type { Client } from '../e2e/api.ts';
import { allTo, namespaceObject, traefikService, weightedSpec } from '../objects.ts';
import { parseObjects } from '../yaml.ts';

/** Colors that are Deployments, StatefulSets, Deployments whose preview has no pods, and DaemonSets, by namespace. */
const COLORS = {
  deployments: ['e2e/guards/colors.yaml', 'e2e/guards/routes.yaml'],
  statefulsets: ['e2e/workloads/statefulsets.yaml', 'e2e/workloads/traefik.yaml'],
  sleeping: ['e2e/guards/colors.yaml', 'e2e/workloads/traefik.yaml'],
  daemonsets: ['e2e/workloads/daemonsets.yaml', 'e2e/workloads/traefik.yaml'],
} as const;

function objectsOf(file: string): readonly JsonObject[] {
  return parseObjects(readFileSync(join(import.meta.dirname, '..', file), 'utf8'));
}

/** Everything that has to be there before it is worked on. */
export function objects(): readonly JsonObject[] {
  const colors = Object.entries(COLORS).flatMap(([namespace, files]) => [
    namespaceObject(namespace),
    ...files.flatMap(objectsOf).map((object) => placed(object, namespace)),
  ]);
  return [...colors, ...objectsOf('chart/rights.yaml')];
}

function placed(object: JsonObject, namespace: string): JsonObject {
  const sleeps = namespace === 'sleeping' && object['kind'] === 'Deployment' && nameOf(object) === 'green';
  return {
    ...object,
    metadata: { ...objectAt(object, 'metadata'), namespace },
    ...(sleeps ? { spec: { ...objectAt(object, 'spec'), replicas: 0 } } : {}),
  };
}

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
