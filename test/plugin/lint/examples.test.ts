// What the project recommends is what it does: no finding, not even a warning, in its own manifests.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../run.ts';

const EXAMPLES = join(import.meta.dirname, '../../../examples');

t.test('the examples pass lint --strict', async (t) => {
  const names = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
  t.ok(names.length > 3);
  const files = Object.fromEntries(
    names.map((name) => [`/examples/${name}`, readFileSync(join(EXAMPLES, name), 'utf8')]),
  );
  const { code, out, err } = await run('lint --strict -R -f /examples', { files });
  t.equal(out, '');
  t.equal(code, 0);
  t.match(err, '2 blue-green TraefikServices and 2 IngressRoutes checked: 0 errors, 0 warnings.');
});

t.test('what init prints passes lint --strict', async (t) => {
  const init = await run('init shop --image ghcr.io/acme/shop:1.0 --host shop.example.com -n demo');
  t.equal(init.code, 0, init.err);
  const { code, out } = await run('lint --strict -f /shop.yaml', { files: { '/shop.yaml': init.out } });
  t.equal(out, '');
  t.equal(code, 0);
});
