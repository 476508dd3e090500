import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { listen } from '../ports.ts';

/** A site of an attacker, whose page tries to read or change the dashboard in the same browser. */
export interface Attacker {
  /** Its page, under a name of its own. */
  readonly url: string;
  close(): void;
}

const ATTACK = readFileSync(join(import.meta.dirname, 'attack.js'), 'utf8');

/** Serves a page that has `attack(origin, release)`, and attacks when the test calls it. */
export async function startAttacker(): Promise<Attacker> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<!doctype html><title>kittens</title><h1>Kittens</h1><script>${ATTACK}</script>`);
  });
  const port = await listen(server);
  return { url: `http://attacker.example:${port}/`, close: () => void server.close() };
}
