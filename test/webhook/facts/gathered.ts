// What is gathered of a cluster in YAML.
import { gatherFacts } from '../../../webhook/facts/gather.ts';
import type { Color, ColorFacts, Facts } from '../../../webhook/policy/index.ts';
import { slimPod } from '../../../webhook/facts/slim-pod.ts';
import type { JsonObject } from '../../../common/json.ts';
import { FakeReader } from './fake-reader.ts';

export const PAIR = { blue: 'blue', green: 'green' };

export const QUERY = { group: 'traefik.io', namespace: 'demo', pair: PAIR, named: [], revisions: [] } as const;

/** Keeps of the pods what the webhook keeps of them. */
export class SlimReader extends FakeReader {
  override async listPods(...asked: Parameters<FakeReader['listPods']>): Promise<readonly JsonObject[]> {
    return (await super.listPods(...asked)).map(slimPod);
  }
  override async peekPods(...asked: Parameters<FakeReader['peekPods']>): Promise<readonly (readonly JsonObject[])[]> {
    return (await super.peekPods(...asked)).map((pods) => pods.map(slimPod));
  }
}

export function gather(source: string): Promise<Facts> {
  return gatherFacts(new SlimReader(source), QUERY, new AbortController().signal);
}

export async function read(source: string, color: Color = 'green'): Promise<ColorFacts> {
  const facts = await gather(source);
  if (!facts.known) throw new Error(facts.reason);
  return facts[color];
}

export function names({ revisions }: ColorFacts) {
  return revisions.map(({ name }) => name);
}
