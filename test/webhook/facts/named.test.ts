import t from 'tap';
import { gatherFacts } from '../../../webhook/facts/gather.ts';
import { NOTHING_NAMED } from '../../../webhook/policy/index.ts';
import type { Group, NamedKind } from '../../../webhook/policy/index.ts';
import { settled } from './cluster.ts';
import { FakeReader } from './fake-reader.ts';
import { QUERY } from './gathered.ts';

function serversTransport(group: string, name: string): string {
  return `apiVersion: ${group}/v1alpha1\nkind: ServersTransport\nmetadata: {name: ${name}, namespace: demo}\n---\n`;
}

t.test("Traefik's own objects are read where an entry names such, as each version of Traefik reads them", async (t) => {
  const source = `${serversTransport('traefik.io', 'new')}${serversTransport('traefik.containo.us', 'old')}`;
  const named: readonly NamedKind[] = ['ServersTransport'];
  async function names(group: Group) {
    const reader = new FakeReader(source);
    const facts = await gatherFacts(reader, { ...QUERY, group, named }, new AbortController().signal);
    return facts.known ? facts.named : null;
  }
  t.same(await names('traefik.io'), { ServersTransport: ['new'], Middleware: null });
  t.same(await names('traefik.containo.us'), { ServersTransport: ['old', 'new'], Middleware: null });
});

t.test('where they may not be read, nothing is known of them and the rest is', async (t) => {
  const reader = new FakeReader(settled('blue') + settled('green'), async (kind) => {
    if (kind === 'ServersTransport') throw new Error('forbidden');
  });
  const query = { ...QUERY, named: ['ServersTransport'] } as const;
  t.match(await gatherFacts(reader, query, new AbortController().signal), { known: true, named: NOTHING_NAMED });
});
