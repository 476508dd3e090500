import { at, get, list, number, parseObject, text } from '../../../common/json.ts';
import type { Kube } from '../../cluster/index.ts';

/** An Event, as far as a person looks at it. */
export interface Told {
  readonly reason: string;
  readonly type: string;
  readonly note: string;
  readonly count: number;
  /** What it is about: `shop`, and its uid where there is one. */
  readonly name: string;
  readonly uid: string | null;
}

/** The webhook's Events in a namespace, oldest first. */
export async function toldIn(kube: Kube, namespace: string): Promise<readonly Told[]> {
  const got = await kube.kubectlOk(['get', 'events.events.k8s.io', '-n', namespace, '-o', 'json']);
  return list(parseObject(got)?.['items'])
    .filter((event) => get(event, 'reportingController') === 'bluegreen.dev/webhook')
    .toSorted((a, b) => (text(get(a, 'eventTime')) ?? '').localeCompare(text(get(b, 'eventTime')) ?? ''))
    .map((event) => ({
      reason: text(get(event, 'reason')) ?? '',
      type: text(get(event, 'type')) ?? '',
      note: text(get(event, 'note')) ?? '',
      count: number(at(event, 'series', 'count')) ?? 1,
      name: text(at(event, 'regarding', 'name')) ?? '',
      uid: text(at(event, 'regarding', 'uid')),
    }));
}

/** Metadata, and with it the annotations of webhooks, for what the webhook looks at. */
export const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    {
      level: 'Metadata',
      verbs: ['create', 'update', 'patch', 'delete'],
      resources: [
        { group: 'traefik.io', resources: ['traefikservices'] },
        { group: '', resources: ['services'] },
      ],
    },
    { level: 'None' },
  ],
};

/** Annotations that webhooks left on the audited requests for a TraefikService, each request's in one object. */
export function auditedFor(log: string, namespace: string, name: string): readonly Readonly<Record<string, string>>[] {
  return log
    .split('\n')
    .map((line) => parseObject(line))
    .filter((event) => at(event, 'objectRef', 'namespace') === namespace && at(event, 'objectRef', 'name') === name)
    .map((event) => {
      const annotations = Object.entries(get(event, 'annotations') ?? {});
      return Object.fromEntries(
        annotations.flatMap(([key, value]) => (key.includes('bluegreen.dev/') ? [[key, String(value)]] : [])),
      );
    });
}
