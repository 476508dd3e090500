// What the model of Traefik says of entries, against what a real Traefik 3.7 makes of them.
import t from 'tap';
import { shareCluster } from '../cluster/sharing/share.ts';
import { compareEntries } from './buildable/compare.ts';

const cluster = await shareCluster(t, 'traefik');

t.test('entries are built or dropped by Traefik 3.7 as the model says', async (t) => {
  await compareEntries(t, cluster, { version: '3.7', namespace: 'buildable' });
});
