// The proof that every replica of Traefik has read what was written: a marker that was written later and is in its API.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { at, list, text } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import { parseJson } from '../../common/json-paths.ts';
import { Problem } from '../cluster/index.ts';
import { soon } from './soon.ts';
import type { Client, Reply } from '../e2e/api.ts';
import { parseObjects } from '../yaml.ts';
import { pathOf, RESOURCES } from './resources.ts';
import type { Kind } from './resources.ts';

export interface Proof {
  /** Resolves when every replica has read what was written to these kinds before the call. */
  read(kinds: Iterable<Kind>): Promise<void>;
  close(): void;
}

/** The namespace of the markers, which nothing guards. */
export const MARKERS = 'oracle';
const NAME = 'marker';
const API_PORT = 8080;
const READ_MS = 30_000;
/** Numbers begin anew before they would be no port. */
const LAST = 60_000;

/** The marker's objects, for the set-up. */
export function markerObjects(): readonly JsonObject[] {
  return parseObjects(readFileSync(join(import.meta.dirname, 'marker.yaml'), 'utf8'));
}

/** How a marker of a kind is written, and whether an answer of Traefik's API shows it. */
interface Marker {
  /** Where Traefik's API shows it. */
  readonly path: string;
  write(client: Client, number: number): Promise<Reply>;
  shown(answer: Json, number: number): boolean;
}

function numbered(kind: Kind, path: string, patch: (number: number) => JsonObject, shown: Marker['shown']): Marker {
  const type = 'application/merge-patch+json';
  return {
    path: `/api/http/${path}`,
    write: (client, number) => client.call('PATCH', pathOf(kind, MARKERS, NAME), { type, body: patch(number) }),
    shown,
  };
}

/** There with odd numbers, gone with even ones: a route that needs it is enabled or not. */
function switched(kind: Kind, route: string, spec: JsonObject): Marker {
  const { apiVersion } = RESOURCES[kind];
  const body = { apiVersion, kind, metadata: { name: NAME }, spec };
  return {
    path: `/api/http/routers?search=${MARKERS}-${route}-`,
    write: (client, number) =>
      number % 2 === 1
        ? client.call('POST', pathOf(kind, MARKERS), { body })
        : client.call('DELETE', pathOf(kind, MARKERS, NAME)),
    shown: (answer, number) => at(list(answer)[0], 'status') === (number % 2 === 1 ? 'enabled' : 'disabled'),
  };
}

const service = numbered(
  'Service',
  `services/${MARKERS}-${NAME}-http@kubernetescrd`,
  (targetPort) => ({
    spec: {
      ports: [
        { name: 'http', port: 80, targetPort },
        { name: 'other', port: 81, targetPort: 1 },
      ],
    },
  }),
  // The controller of EndpointSlices has seen the Service by then, too.
  (answer, number) => text(at(list(at(answer, 'loadBalancer', 'servers'))[0], 'url'))?.endsWith(`:${number}`) === true,
);

const MARKED: Readonly<Partial<Record<Kind, Marker>>> = {
  TraefikService: numbered(
    'TraefikService',
    `services/${MARKERS}-${NAME}@kubernetescrd`,
    (weight) => ({ spec: { weighted: { services: [{ name: NAME, port: 'http', weight }] } } }),
    (answer, number) => at(list(at(answer, 'weighted', 'services'))[0], 'weight') === number,
  ),
  IngressRoute: numbered(
    'IngressRoute',
    `routers?search=${MARKERS}-${NAME}-`,
    (priority) => ({
      spec: {
        routes: [{ match: 'Host(`marker.example`)', kind: 'Rule', priority, services: [{ name: NAME, port: 'http' }] }],
      },
    }),
    (answer, number) => at(list(answer)[0], 'priority') === number,
  ),
  Middleware: numbered(
    'Middleware',
    `middlewares/${MARKERS}-${NAME}@kubernetescrd`,
    (number) => ({ spec: { addPrefix: { prefix: `/${number}` } } }),
    (answer, number) => at(answer, 'addPrefix', 'prefix') === `/${number}`,
  ),
  ServersTransport: switched('ServersTransport', 'transport', { serverName: 'marker' }),
  TLSOption: switched('TLSOption', 'options', { minVersion: 'VersionTLS12' }),
  Service: service,
};

export function startProof(client: Client, replicas: readonly string[]): Proof {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const rounds = new Map<Marker, () => Promise<void>>();

  async function shows(address: string, marker: Marker, number: number): Promise<boolean> {
    const answer = await ask(agent, address, marker.path).catch(() => null);
    return answer !== null && marker.shown(answer, number);
  }
  async function round(marker: Marker, number: number): Promise<void> {
    const { status, body } = await marker.write(client, number);
    if (status >= 300) throw new Problem(`the oracle cannot write its marker ${marker.path}: ${JSON.stringify(body)}`);
    for (const address of replicas)
      if (!(await soon(() => shows(address, marker, number), READ_MS)))
        throw new Problem(`Traefik at ${address} does not show ${marker.path} number ${number}`);
  }
  function roundsOf(marker: Marker): () => Promise<void> {
    const found = rounds.get(marker);
    if (found !== undefined) return found;
    // The first one is odd: what is switched is not there at first.
    let number = 2;
    const made = shareRounds(() => {
      number = (number % LAST) + 1;
      return round(marker, number);
    });
    rounds.set(marker, made);
    return made;
  }
  return {
    read: async (kinds) => {
      // Pods reach Traefik as endpoints of Services.
      const markers = new Set([...kinds].map((kind) => MARKED[kind] ?? service));
      await Promise.all([...markers].map((marker) => roundsOf(marker)()));
    },
    close: () => agent.destroy(),
  };
}

/** Calls that come while a round is under way share the next one. */
function shareRounds(round: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  return () => {
    next ??= running.then(() => {
      next = null;
      const started = round();
      // Who waits for it learns of its failure; the one after it begins all the same.
      running = started.catch(() => {});
      return started;
    });
    return next;
  };
}

function ask(agent: Agent, host: string, path: string): Promise<Json> {
  return new Promise((resolve, reject) => {
    const asked = request({ host, port: API_PORT, path, agent, timeout: 2000 }, (response) => {
      textOf(response).then(parseJson).then(resolve, reject);
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.on('error', reject);
    asked.end();
  });
}
