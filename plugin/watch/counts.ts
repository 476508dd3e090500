import type { Color } from '../../webhook/policy/index.ts';

/** What Traefik counts about one release, by name, summed over methods and protocols. Only ever grows while a replica lives. */
export type Counts = ReadonlyMap<string, number>;

/** The labels under which Traefik counts a release. */
export interface Labels {
  /** Values of the label `service` of each color. */
  readonly colors: Readonly<Record<Color, readonly string[]>>;
  /** Value of the label `service` of the routers that lead to the TraefikService. */
  readonly release: string;
}

/** When the replica's process started: another value means that its counters began anew. */
export const STARTED = 'started';
/** Requests at all entry points, and those that were counted by some service. */
export const ENTERED = 'entered';
export const SERVED = 'served';

/** Answers that a router gives when there is nobody to ask: an empty color, or a TraefikService that was dropped. */
const UNSERVED_CODES = ['503', '404'];

export const codeOf = (color: Color, code: string): string => `${color} code ${code}`;
export const bucketOf = (color: Color, limit: string): string => `${color} le ${limit}`;
export const secondsOf = (color: Color): string => `${color} seconds`;
export const routedOf = (code: string): string => `routed code ${code}`;
const enteredOf = (code: string): string => `${ENTERED} ${code}`;
const servedOf = (code: string): string => `${SERVED} ${code}`;

const SERVICE_REQUESTS = 'traefik_service_requests_total{';
const SERVICE_BUCKET = 'traefik_service_request_duration_seconds_bucket{';
const SERVICE_SUM = 'traefik_service_request_duration_seconds_sum{';
const ROUTER_REQUESTS = 'traefik_router_requests_total{';
const ENTRY_REQUESTS = 'traefik_entrypoint_requests_total{';
const PROCESS_START = 'process_start_time_seconds ';

/** Reads Traefik's metrics in Prometheus' text format, as far as they are about a release. */
export function readCounts(lines: readonly string[], labels: Labels): Counts {
  const counts = new Map<string, number>();
  const add = (key: string, value: number): void => void counts.set(key, (counts.get(key) ?? 0) + value);
  for (const line of lines) {
    const value = Number(line.slice(line.lastIndexOf(' ') + 1));
    if (!Number.isFinite(value)) continue;
    if (line.startsWith(PROCESS_START)) add(STARTED, value);
    else if (line.startsWith(ENTRY_REQUESTS)) {
      add(ENTERED, value);
      add(enteredOf(labelOf(line, 'code')), value);
    } else if (line.startsWith(ROUTER_REQUESTS)) {
      if (labelOf(line, 'service') === labels.release) add(routedOf(labelOf(line, 'code')), value);
    } else if (line.startsWith(SERVICE_REQUESTS)) {
      add(SERVED, value);
      add(servedOf(labelOf(line, 'code')), value);
      const color = colorOf(line, labels);
      if (color !== null) add(codeOf(color, labelOf(line, 'code')), value);
    } else if (line.startsWith(SERVICE_BUCKET)) {
      const color = colorOf(line, labels);
      if (color !== null) add(bucketOf(color, labelOf(line, 'le')), value);
    } else if (line.startsWith(SERVICE_SUM)) {
      const color = colorOf(line, labels);
      if (color !== null) add(secondsOf(color), value);
    }
  }
  return counts;
}

function colorOf(line: string, { colors }: Labels): Color | null {
  const service = labelOf(line, 'service');
  return colors.blue.includes(service) ? 'blue' : colors.green.includes(service) ? 'green' : null;
}

/** The value of a label; names that Traefik makes hold neither quotes nor backslashes. */
function labelOf(line: string, name: string): string {
  const start = Math.max(line.indexOf(`{${name}="`), line.indexOf(`,${name}="`));
  if (start < 0) return '';
  const from = start + name.length + 3;
  return line.slice(from, line.indexOf('"', from));
}

/** Requests that Traefik answered without asking any service, for want of one. */
export function unservedIn(counts: Counts): number {
  return UNSERVED_CODES.reduce(
    (total, code) => total + Math.max(0, (counts.get(enteredOf(code)) ?? 0) - (counts.get(servedOf(code)) ?? 0)),
    0,
  );
}
