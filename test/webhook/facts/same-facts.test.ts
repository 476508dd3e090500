import t from 'tap';
import * as fc from 'fast-check';
import { gatherFacts } from '../../../webhook/facts/gather.ts';
import { slimPod } from '../../../webhook/facts/slim-pod.ts';
import type { JsonObject } from '../../../common/json.ts';
import { FakeReader } from './fake-reader.ts';
import { gatherPlainly } from './plain-gather.ts';
import { randomCluster } from './random-cluster.ts';

const QUERY = { group: 'traefik.io', namespace: 'demo', pair: { blue: 'blue', green: 'green' }, named: [] } as const;
const RUNS = 400;

function reader({ stored, cached }: { readonly stored: string; readonly cached: string }): FakeReader {
  return new (class extends FakeReader {
    override async listPods(...asked: Parameters<FakeReader['listPods']>): Promise<readonly JsonObject[]> {
      return (await super.listPods(...asked)).map(slimPod);
    }
    override async peekPods(...asked: Parameters<FakeReader['peekPods']>) {
      return (await super.peekPods(...asked)).map((pods) => pods.map(slimPod));
    }
  })(stored, async () => {}, cached);
}

t.test('facts are what plain reads of the stored objects tell, whatever the cache has', async (t) => {
  const seen = { peeked: 0, listed: 0 };
  await fc.assert(
    fc.asyncProperty(randomCluster, async ({ revisions, ...cluster }) => {
      const subject = reader(cluster);
      const { signal } = new AbortController();
      const facts = await gatherFacts(subject, { ...QUERY, revisions }, signal);
      t.same(facts, await gatherPlainly(reader(cluster), QUERY, signal));
      seen[subject.calls.filter((kind) => kind === 'Pod').length > 1 ? 'listed' : 'peeked'] += 1;
    }),
    { numRuns: RUNS },
  );
  t.ok(seen.peeked > RUNS / 10 && seen.listed > RUNS / 10, JSON.stringify(seen));
});
