// The short form of the oracle, as a test.
import t from 'tap';
import type { TraefikVersion } from '../cluster/traefik-objects.ts';
import { openBed } from './bed.ts';
import { changesOf, describeSequence } from './describe.ts';
import type { Finding } from './findings.ts';
import { readKnown } from './known.ts';
import { consult } from './oracle.ts';
import { harmNext } from './next.ts';
import { readReleases } from './releases.ts';
import { fromSet } from './set.ts';
import type { Site } from './site.ts';
import { tryOut } from './trial.ts';

const WRITES = 40;
const SEED = 1;
const RELEASES = ['deployments', 'front'];

/** Some writes against one version of Traefik: none breaks production but those that are known to. */
export async function shortForm(traefik: TraefikVersion): Promise<void> {
  const bed = await openBed({ traefik, allowEmptyServices: false, releases: RELEASES });
  t.teardown(() => bed.close());

  t.test('what is known to break production breaks it still', async (t) => {
    for (const guarded of bed.lanes.flatMap((lane) => lane.guarded))
      for (const sequence of readKnown(guarded.release, traefik)) {
        const { effect, written, said } = await tryOut(guarded, sequence);
        await guarded.restore(written);
        t.ok(effect, `${describeSequence(guarded.release, sequence)}: ${effect?.what ?? said}`);
      }
  });

  t.test('what a command does next goes well after a write that does nothing, and not after others', async (t) => {
    async function check(open: Site): Promise<void> {
      const { release } = open;
      t.equal(await harmNext(open, []), null, release.name);
      const closed = fromSet(release, {
        way: 'merge patch',
        kind: 'Service',
        name: release.green,
        set: { '/spec/ports/0/targetPort': 1 },
      });
      const { effect, written } = await tryOut(open, [closed]);
      t.equal(effect, null, 'the preview answers nothing, which production does not see');
      t.match(await harmNext(open, written), /^after a promotion /);
      await open.restore([...written, { kind: 'TraefikService', name: release.shop }]);
    }
    for (const { open } of bed.lanes) await open.use(check);
  });

  t.test('of some writes no other one breaks production', async (t) => {
    const { counts, findings } = await consult({
      ...bed,
      writes: WRITES,
      seed: SEED,
      allowEmptyServices: false,
      progress: (line) => t.comment(line),
    });
    t.ok(counts.accepted > WRITES / 10, `${counts.accepted} writes are accepted`);
    t.ok(counts.denied > WRITES / 10, `${counts.denied} writes are denied`);
    for (const finding of findings.filter(({ kind }) => kind === 'broken'))
      t.ok(isKnown(finding, traefik), `${finding.release}: ${finding.smallest}: production answers ${finding.what}`);
  });
}

function isKnown({ release: name, sequence }: Finding, traefik: TraefikVersion): boolean {
  return readReleases()
    .filter((release) => release.name === name)
    .some((release) => {
      const changes = changesOf(release, sequence);
      return readKnown(release, traefik).some((each) =>
        [...changesOf(release, each)].every((change) => changes.has(change)),
      );
    });
}
