// The pods behind a color of an example application, whose label `color` they have; read without kubectl.
import type { Test } from 'tap';
import { stringAt } from '../../common/json-paths.ts';
import { until } from '../cluster/node/api.ts';
import type { Person } from './people.ts';

const SETTLED_MS = 60_000;

/** The pod-template-hash of a color. */
export async function revisionOf(person: Person, color: string): Promise<string> {
  const [pod] = await person.pods(`color=${color}`);
  return (pod && stringAt(pod, 'metadata', 'labels', 'pod-template-hash')) ?? '';
}

/** Waits until the pods of an earlier rollout are gone. */
export async function onePod(t: Test, person: Person, color: string): Promise<void> {
  t.ok(await until(async () => (await person.pods(`color=${color}`)).length === 1, SETTLED_MS), `one pod of ${color}`);
}
