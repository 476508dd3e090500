import { globSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseAllDocuments } from 'yaml';
import { CATALOG } from '../../cluster/tools/catalog.ts';
import { fixtureText, ownedObjects } from './fixtures.ts';
import { hostOf, imageOf, OLD, PEER_IDS, PEERS } from './names.ts';
import { IMAGES } from './images.ts';

t.test('every peer has its manifests, and there are no others', async (t) => {
  const files = globSync('*.yaml', { cwd: join(import.meta.dirname, 'fixtures') });
  t.same(files.toSorted(), PEER_IDS.map((id) => `${id}.yaml`).toSorted());
  t.same(Object.keys(PEERS), PEER_IDS);
});

t.test('the manifests lead one host of their own to the version that serves at first', async (t) => {
  for (const id of PEER_IDS) {
    const text = fixtureText(id);
    for (const { errors } of parseAllDocuments(text)) t.same(errors, [], id);
    t.match(text, `Host(\`${hostOf(id)}\`)`);
    t.match(text, imageOf(OLD));
  }
});

t.test('the objects of a team are counted by kind', async (t) => {
  t.same(ownedObjects('kind: Service\n---\n# none\nkind: Rollout\n---\nkind: Service\n'), ['2 Services', 'Rollout']);
});

t.test('images have the versions of the programs in them', async (t) => {
  const versions = new Map(CATALOG.map(({ id, version }) => [id, version]));
  t.match(IMAGES.argo, `:v${versions.get('argo-rollouts')}`);
  t.match(IMAGES.flagger, `:${versions.get('flagger')}`);
  t.match(fixtureText('flagger'), IMAGES.loadtester);
});
