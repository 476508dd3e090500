// Runs a bundled plugin against an API server that answers like a release that is to be switched, and writes what V8
// compiled meanwhile: `node scripts/executable/warm.ts SOURCE CACHE`. See code.ts, which starts it.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { constants, Script } from 'node:vm';

import { createRelease } from './release.ts';

/** Command lines whose code is compiled, as far as they go. */
const LINES = [
  'promote shop -n demo',
  'rollback shop -n demo',
  'status shop -n demo',
  'list -n demo',
  '__complete status -n demo ',
];
/** Milliseconds for one of them. */
const LIMIT = 20_000;
const PAUSE = 5;

async function run(script: Script, line: string, server: string): Promise<void> {
  process.argv = [process.execPath, 'kubectl-bluegreen', ...line.split(' '), '--server', server];
  process.exitCode = undefined;
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(import.meta.url), module, 'kubectl-bluegreen', '/');
  for (let waited = 0; process.exitCode === undefined; waited += PAUSE) {
    if (waited > LIMIT) throw new Error(`"${line}" does not end`);
    await sleep(PAUSE);
  }
  if (process.exitCode !== 0) throw new Error(`"${line}" ended with ${String(process.exitCode)}`);
}

function answer(response: ServerResponse, found: object | null): void {
  response.writeHead(found === null ? 404 : 200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(found ?? { kind: 'Status', code: 404, reason: 'NotFound', message: 'not found' }));
}

async function main(source: string, output: string): Promise<void> {
  const script = new Script(readFileSync(source, 'latin1'), {
    filename: 'kubectl-bluegreen',
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const release = createRelease();
  const server = createServer((request, response) => {
    const found = release(request.method ?? '', request.url ?? '');
    request.resume().on('end', () => answer(response, found));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  for (const line of LINES) await run(script, line, `http://127.0.0.1:${address.port}`);
  writeFileSync(output, script.createCachedData());
}

const [source = '', output = ''] = process.argv.slice(2);
// The plugin leaves connections open that it would close at the end of its process.
await main(source, output).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
