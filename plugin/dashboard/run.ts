import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FORBIDDEN } from '../../common/http-status.ts';
import { hasStatus } from '../../common/kube/errors.ts';
import { resourcePath } from '../../common/kube/paths.ts';
import { VERSION } from '../../common/version.ts';
import { GROUPS } from '../../webhook/policy/index.ts';
import type { Call, Command } from '../cli/command.ts';
import type { FlagValues } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import type { Session } from '../cli/session.ts';
import { UsageError, UserError } from '../kube/errors.ts';
import { act } from './act.ts';
import type { Assets } from './assets.ts';
import { startFeed } from './feed.ts';
import { createDashboardServer } from './server.ts';

/** What the command hands to the dashboard. */
export interface DashboardOptions {
  /** The commands that the page may run. */
  readonly commands: readonly Command[];
  readonly assets: Assets;
}

/** Serves the dashboard until Ctrl-C. Throws a UserError where it cannot listen. */
export async function serveDashboard(call: Call, session: Session, options: DashboardOptions): Promise<number> {
  const { flags, io } = call;
  const readOnly = flags.boolean('read-only');
  const address = flags.text('address') ?? '';
  if (flags.boolean('no-token') && !readOnly)
    throw new UsageError('--no-token needs --read-only: every client that reaches the port could switch');
  const namespace = await namespaceOf(call, session);
  const token = flags.boolean('no-token') ? null : randomBytes(24).toString('base64url');
  const extra = contextWords(flags);
  const traefik = flags.text('traefik');
  const feed = startFeed({ session, io, namespace, traefik, readOnly, version: VERSION, extra, random: Math.random });
  const actions = { commands: options.commands, io, flags, extra, get: (id: string) => feed.get(id) };
  let port = flags.number('port');
  const server = createDashboardServer({
    feed,
    assets: options.assets,
    gate: () => ({ hosts: hostsOf(address, port, flags.list('allowed-host')), token, cookieName: `bluegreen-${port}` }),
    act: readOnly ? null : (request) => act(actions, request),
  });
  port = await listen(server, port, address);
  const url = `http://${hostIn(address)}:${port}/${token === null ? '' : `?token=${token}`}`;
  io.out.write(`${url}\n`);
  const rights = readOnly ? 'Read-only: nothing can be changed' : 'A client with this URL can switch with your rights';
  io.err.write(`${rights}. To end it: Ctrl-C\n`);
  if (flags.boolean('open')) await open(call, url);
  await feed.ended;
  server.close();
  server.closeAllConnections();
  return EXIT.ok;
}

/** The namespace that is shown: all of them, unless one is given or the user may read only that of the context. */
async function namespaceOf({ flags, io }: Call, session: Session): Promise<string | null> {
  if (flags.boolean('all-namespaces')) return null;
  if (flags.isSet('namespace')) return session.namespace;
  const answers = await Promise.all(
    GROUPS.map((group) =>
      session.client
        .get(resourcePath(`${group}/v1alpha1`, 'traefikservices'), { query: { limit: '1' }, quiet: true })
        .then(
          () => true,
          (error: unknown) => !hasStatus(error, FORBIDDEN),
        ),
    ),
  );
  if (answers.some(Boolean)) return null;
  io.err.write(
    `The TraefikServices of all namespaces may not be listed: showing namespace ${session.namespace} (-n)\n`,
  );
  return session.namespace;
}

/** What every shown command line needs to reach the same cluster. */
function contextWords(flags: FlagValues): string {
  return ['kubeconfig', 'context', 'cluster', 'user', 'as']
    .filter((name) => flags.isSet(name))
    .map((name) => ` --${name} ${flags.text(name) ?? ''}`)
    .join('');
}

/** HOST:PORT of every URL that leads here. */
function hostsOf(address: string, port: number, more: readonly string[]): ReadonlySet<string> {
  const names = new Set(['127.0.0.1', 'localhost', '[::1]', hostIn(address)]);
  return new Set([...[...names].map((name) => `${name}:${port}`), ...more.map((name) => name.toLowerCase())]);
}

/** An address as a URL has it. */
function hostIn(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function listen(server: Server, port: number, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      const why = taken ? 'it is in use. Choose another port, or leave --port out' : error.message;
      reject(new UserError(`cannot listen at ${hostIn(address)}:${port}: ${why}`));
    });
    server.listen(port, address, () => {
      const bound: AddressInfo | string | null = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
    });
  });
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Opens the URL in the user's browser, by the platform's own program. */
async function open({ io }: Call, url: string): Promise<void> {
  const words = [...(OPENERS[process.platform] ?? ['xdg-open']), url];
  const ended = await io.runProgram(words, { env: {}, output: 'err', signal: io.interrupted });
  if ('failed' in ended || ended.code !== 0) io.err.write('The browser could not be opened: open the URL yourself\n');
}
