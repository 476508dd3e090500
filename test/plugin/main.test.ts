import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import t from 'tap';

const ROOT = join(import.meta.dirname, '..', '..');

/** Every file of the project that a program loads at its start: what it imports, and what that imports. */
function loadedAtStart(entry: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const pending = [join(ROOT, entry)];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const source = readFileSync(file, 'utf8');
    for (const [, path = ''] of source.matchAll(/^(?:import (?!type )|export )[^;]*?from '(\.[^']+\.ts)';/gm)) {
      pending.push(join(dirname(file), path));
    }
  }
  return new Set([...seen].map((file) => relative(ROOT, file)));
}

t.test('a command loads nothing of the others: what takes time is loaded by those who need it', async (t) => {
  const loaded = loadedAtStart('plugin/main.ts');
  t.ok(loaded.has('plugin/commands/promote.ts') && loaded.has('plugin/traefik/wait.ts'), `${loaded.size} files`);
  const rooms = new Set(['plugin/analysis', 'plugin/decommission', 'plugin/doctor']);
  // Flags are part of the help.
  const light = new Set(['plugin/analysis/flags.ts']);
  const heavy = [...loaded].filter((file) => rooms.has(dirname(file)) && !light.has(file));
  t.strictSame(heavy, []);
  t.notOk(loaded.has('plugin/kube/websocket.ts'), 'the WebSocket library is loaded by a port-forward');
});
