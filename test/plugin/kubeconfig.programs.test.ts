import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { pluginExecutable } from '../cluster/plugin.ts';
import { toolFile } from '../cluster/tools/cache.ts';
import { run } from '../../scripts/lib/run.ts';
import type { Result } from '../../scripts/lib/run.ts';
import { kubeconfigCases } from './kubeconfig-cases.ts';
import type { KubeconfigCase } from './kubeconfig-cases.ts';
import { startRecorder } from './recorder.ts';
import type { Seen } from './recorder.ts';

// The real kubectl and the plugin, on the same files: the same server, as the same user, about the same namespace, or
// the same words.

const recorder = await startRecorder();
const root = mkdtempSync(join(tmpdir(), 'bluegreen-kubeconfig-'));
const kubectl = toolFile('kubernetes', 'kubectl');
const plugin = await pluginExecutable();
t.teardown(() => {
  recorder.close();
  rmSync(root, { recursive: true, force: true });
});

const cases = kubeconfigCases(recorder);
t.ok(cases.length >= 40, `${cases.length} kubeconfigs`);

for (const [index, each] of cases.entries()) {
  t.test(each.name, async (t) => {
    const dir = writeFiles(each, join(root, String(index)));
    const theirs = await ask(kubectl, ['get', 'configmaps', 'x'], each, dir);
    const ours = await ask(plugin, ['status', 'traefikservice.traefik.io/x'], each, dir);
    t.strictSame(ours.seen, theirs.seen);
    t.equal(theirs.seen === null, each.fails !== undefined, `kubectl: ${theirs.result.stderr}`);
    t.equal(ours.result.code, theirs.result.code);
    if (each.fails === 'alike') t.equal(words(ours.result), words(theirs.result));
    if (each.fails === 'somehow') t.match(ours.result.stderr, /^(?:error|Error|Unable)/);
  });
}

function writeFiles({ files }: KubeconfigCase, dir: string): string {
  mkdirSync(join(dir, 'home'), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(dir, name), text);
    if (name.endsWith('.sh')) chmodSync(join(dir, name), 0o755);
  }
  return dir;
}

async function ask(command: string, args: readonly string[], each: KubeconfigCase, dir: string) {
  function place(text: string): string {
    return text.replaceAll('DIR', dir);
  }
  const own = Object.entries(each.env ?? {}).map(([name, value]) => [name, place(value)]);
  const flags = each.flags === undefined ? [] : place(each.flags).split(' ');
  const env = {
    HOME: join(dir, 'home'),
    KUBECACHEDIR: join(dir, 'cache'),
    KUBECONFIG: join(dir, 'config'),
    HTTPS_PROXY: undefined,
    https_proxy: undefined,
    NO_PROXY: undefined,
    no_proxy: undefined,
    NODE_EXTRA_CA_CERTS: undefined,
    SSL_CERT_FILE: undefined,
    ...Object.fromEntries(own),
  };
  const before = recorder.seen.length;
  const result = await run(command, [...args, ...flags], { env });
  return { result, seen: decoded(recorder.seen[before]) };
}

/** What an exec plugin was told comes as base64 of JSON, whose order of keys says nothing. */
function decoded(seen: Seen | undefined): object | null {
  if (seen === undefined) return null;
  const [info = '', args = ''] = seen.authorization.replace('Bearer ', '').split('.');
  if (!plain(info).startsWith('{')) return seen;
  return { ...seen, authorization: { info: parse(plain(info)), args: plain(args) } };
}

function plain(part: string): string {
  return Buffer.from(part, 'base64').toString('utf8');
}

function parse(text: string): unknown {
  return JSON.parse(text);
}

/** The message itself: kubectl also logs its attempts at discovery before, and hints of ours come behind. */
function words({ stderr }: Result): string {
  const start = stderr.search(/^(?:error|Error|Unable to connect|The connection)/m);
  return stderr
    .slice(Math.max(0, start))
    .replace(/^hint: .*$/m, '')
    .trim();
}
