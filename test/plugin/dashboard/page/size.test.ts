import t from 'tap';
import { buildPage, sizeOf } from '../../../../scripts/page.ts';

t.test('a browser loads at most 150 kB, and nothing of the server', async (t) => {
  const { assets, inputs } = await buildPage();
  t.ok(sizeOf(assets) <= 150_000, `${sizeOf(assets)} bytes`);
  t.strictSame(
    inputs.filter((path) => /^(?:plugin|webhook|common)\//.test(path) && !path.startsWith('plugin/dashboard/page/')),
    ['common/age.ts', 'plugin/dashboard/view.ts'],
  );
  t.ok(
    inputs.some((path) => path.startsWith('node_modules/preact/')),
    'for the licences of a release',
  );
});
