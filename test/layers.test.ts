// The layers of the sources, and that imports go down only. CONTRIBUTING.md and the READMEs of plugin and webhook explain them.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';

const ROOT = join(import.meta.dirname, '..');

/** From the bottom up, separately for each program: a folder may import those above it in this list, and itself. */
const WEBHOOK = [
  ['common'],
  ['certs'],
  ['webhook/policy'],
  ['webhook/environment.ts'],
  ['webhook/facts', 'webhook/config.ts'],
  ['webhook/admission'],
  ['webhook/telemetry'],
  ['webhook/http', 'webhook/events', 'webhook/leader-election'],
  ['webhook/audit'],
  ['webhook/kube'],
  ['webhook/certificates'],
  ['webhook/main.ts'],
];
const PLUGIN = [
  ['common'],
  ['certs'],
  ['webhook/policy'],
  ['webhook/facts'],
  ['plugin/kube'],
  ['plugin/cli'],
  ['plugin/printers'],
  ['plugin/traefikservice'],
  ['plugin/pods', 'plugin/traefik', 'plugin/webhook'],
  ['plugin/production'],
  ['plugin/job', 'plugin/switch'],
  [
    'plugin/status',
    'plugin/deploy',
    'plugin/smoke',
    'plugin/analysis',
    'plugin/decommission',
    'plugin/adopt',
    'plugin/doctor',
    'plugin/lint',
  ],
  ['plugin/release'],
  ['plugin/dashboard'],
  ['plugin/commands', 'plugin/completion.ts'],
  ['plugin/dispatch.ts'],
  ['plugin/main.ts'],
];

const sources = globSync('{common,certs,webhook,plugin}/**/*.{ts,tsx}', { cwd: ROOT }).sort();

/** The folder of the list that a file is in; null where it is in none. */
function folderOf(file: string, layers: readonly (readonly string[])[]): string | null {
  return layers.flat().find((folder) => file === folder || file.startsWith(`${folder}/`)) ?? null;
}

/** Every import of a file, of types too, by its path from the root. */
function importsOf(file: string): readonly string[] {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const specifiers = [...source.matchAll(/(?:^(?:import|export) [^;]*?from |\bimport\()'(\.[^']+\.tsx?)'/gm)];
  return specifiers.map(([, specifier = '']) => join(dirname(file), specifier));
}

/** Imports that leave a folder for one that is not below it. */
function upward(layers: readonly (readonly string[])[]): readonly string[] {
  function levelOf(folder: string): number {
    return layers.findIndex((folders) => folders.includes(folder));
  }
  return sources.flatMap((file) => {
    const folder = folderOf(file, layers);
    if (folder === null) return [];
    return importsOf(file)
      .filter((imported) => {
        const other = folderOf(imported, layers);
        return other !== folder && (other === null || levelOf(other) >= levelOf(folder));
      })
      .map((imported) => `${file} imports ${imported}`);
  });
}

t.test('every source file belongs to a layer', async (t) => {
  t.same(
    sources.filter((file) => folderOf(file, WEBHOOK) === null && folderOf(file, PLUGIN) === null),
    [],
  );
});

t.test('inside the webhook, imports go down', async (t) => {
  t.same(upward(WEBHOOK), []);
});

t.test('inside the plugin, imports go down, and of the webhook only to policy and facts', async (t) => {
  t.same(upward(PLUGIN), []);
});

t.test('the page shares messages and formats with its server, and nothing that runs there', async (t) => {
  const page = sources.filter((file) => file.startsWith('plugin/dashboard/page/') && !file.endsWith('.d.ts'));
  const outside = page.flatMap((file) =>
    importsOf(file)
      .filter((imported) => !imported.startsWith('plugin/dashboard/page/'))
      .filter((imported) => !['plugin/dashboard/view.ts', 'common/age.ts'].includes(imported))
      .map((imported) => `${file} imports ${imported}`),
  );
  t.same(outside, []);
  t.same(
    sources.filter((file) => !page.includes(file) && importsOf(file).some((imported) => page.includes(imported))),
    [],
  );
});

t.test('a TraefikService is written by one module', async (t) => {
  const knowing = sources.filter((file) => /\bobjectPath\b/.test(readFileSync(join(ROOT, file), 'utf8')));
  t.same(knowing, ['plugin/traefikservice/find.ts', 'plugin/traefikservice/write.ts']);
});
