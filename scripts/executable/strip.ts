import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * Copies Node's binary without what the plugin never uses and users would download: its table of symbols, a seventh of
 * it, which only debuggers read, and the content of the program that reads TypeScript. What addons link to stays. Where
 * there is no `strip` for it, as for another architecture, its symbols stay.
 */
export function copyStripped(node: string, output: string): void {
  const draft = `${output}.${process.pid}.draft`;
  const stripped = spawnSync('strip', ['--strip-all', '-o', draft, node], { stdio: 'ignore' });
  if (stripped.status !== 0) copyFileSync(node, draft);
  writeFileSync(draft, withoutLongText(readFileSync(draft)));
  chmodSync(draft, 0o755);
  renameSync(draft, output);
}

/** Node has one text in base64 that is longer: a WebAssembly program that is decoded only where TypeScript is run. */
const LONG = 1_000_000;
/** Of a text, so many characters are looked for apart from each other: none of a longer one is missed. */
const STEP = 500_000;

/** The same bytes with each long text in base64 as zeros, which are base64 as well and take nothing in an archive. */
function withoutLongText(bytes: Buffer): Buffer {
  for (let at = STEP; at < bytes.length; at += STEP) {
    let [start, end] = [at, at];
    while (start > 0 && isBase64(bytes[start - 1])) start -= 1;
    while (end < bytes.length && isBase64(bytes[end])) end += 1;
    if (end - start > LONG) bytes.fill('A', start, end);
  }
  return bytes;
}

function isBase64(code: number | undefined): boolean {
  return code !== undefined && /[A-Za-z0-9+/]/.test(String.fromCharCode(code));
}
