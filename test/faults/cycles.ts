import { setTimeout as sleep } from 'node:timers/promises';
import { annotation, at } from '../../common/json.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Client } from '../e2e/api.ts';
import { takeSample } from './load.ts';
import type { Load, Sample } from './load.ts';
import type { Probe } from './probes.ts';
import { TRAEFIK_SERVICES, weights } from './probes.ts';

const PAUSE_MS = 500;

type Step = Pick<Probe, 'name' | 'answer'> & { readonly body: JsonObject };

const ATTEST: Step = {
  name: 'smoke test (for real)',
  body: { metadata: { annotations: { 'bluegreen.dev/smoke-test': 'passed:6.1.6' } } },
  answer: { allowed: true, shows: (object) => annotation(object, 'bluegreen.dev/smoke-test-record') !== null },
};
/** A smoke test whose preview could not be looked up is not bound, and the same words again are no news. */
const CLEAR: Step = {
  name: 'no smoke test (for real)',
  body: { metadata: { annotations: { 'bluegreen.dev/smoke-test': null } } },
  answer: { allowed: true },
};
const PROMOTE: Step = {
  name: 'promotion (for real)',
  body: weights(0, 100),
  answer: { allowed: true, shows: (object) => annotation(object, 'bluegreen.dev/previous') === 'blue' },
};
const ROLL_BACK: Step = {
  name: 'rollback (for real)',
  body: { ...weights(100, 0), metadata: { annotations: { 'bluegreen.dev/smoke-test': null } } },
  answer: { allowed: true },
};

/** Tests, promotes and rolls back TraefikServices, one request at a time each, as long as healthy replicas answer. */
export function startCycles(client: Client, names: readonly string[]): Load {
  const begun = performance.now();
  const samples: Sample[] = [];
  const stop = new AbortController();

  async function cycle(path: string): Promise<void> {
    while (!stop.signal.aborted) {
      const step = await nextStep(client, path);
      if (step !== null) {
        const probe: Probe = {
          ...step,
          share: 1,
          method: 'PATCH',
          path,
          body: () => step.body,
          unanswered: step.answer,
        };
        samples.push(await takeSample(client, { probe, number: 0, answered: true, begun }));
      }
      await sleep(PAUSE_MS);
    }
  }

  const running = names.map((name) => cycle(`${TRAEFIK_SERVICES}/${name}`));
  return {
    stop: async () => {
      stop.abort();
      await Promise.all(running);
      return samples;
    },
  };
}

/** What comes next for an object as it is; null while nobody says how it is. */
async function nextStep(client: Client, path: string): Promise<Step | null> {
  const read = await client.call('GET', path).catch(() => null);
  if (read === null || read.status !== 200) return null;
  const [blue] = [at(read.body, 'spec', 'weighted', 'services')].flat();
  if (at(blue, 'weight') === 0) return ROLL_BACK;
  if (annotation(read.body, 'bluegreen.dev/smoke-test-record') !== null) return PROMOTE;
  return annotation(read.body, 'bluegreen.dev/smoke-test') === null ? ATTEST : CLEAR;
}
