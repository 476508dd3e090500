/** What the app is told by its environment and its arguments; the names are podinfo's where podinfo has one. */
export interface Settings {
  readonly port: number;
  readonly version: string;
  readonly color: string;
  readonly message: string;
  readonly hostname: string;
  /** How long it goes on serving after SIGTERM, in milliseconds. */
  readonly drainMs: number;
  readonly fault: Fault;
  readonly breakdown: Breakdown;
}

/** What the whole process does wrong, from its start. */
export interface Breakdown {
  /** Ends with exit code 1 after so many requests that are no probes; 0 for never. */
  readonly crashAfter: number;
  /** Its readiness probe always fails. */
  readonly neverReady: boolean;
  /** Runs, and listens to nothing. */
  readonly refuseConnections: boolean;
}

/** Failures on demand: the share of requests answered 500 (0 to 1), and a delay for each, in milliseconds. */
export interface Fault {
  readonly errorRate: number;
  readonly latencyMs: number;
}

const DEFAULT_PORT = 9898;
const DEFAULT_DRAIN_MS = 3000;
const DEFAULT_COLOR = '#34577c';

function numberIn(text: string | undefined, fallback: number, lowest: number, highest: number): number {
  const value = Number(text ?? fallback);
  return text === '' || Number.isNaN(value) || value < lowest || value > highest ? fallback : value;
}

// --port=N and --port N; other flags of podinfo are accepted and have no effect.
function portFlag(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => arg === '--port' || arg.startsWith('--port='));
  return args[at]?.split('=')[1] ?? (at < 0 ? undefined : args[at + 1]);
}

/** Reads a fault from untrusted JSON; what is missing or out of range counts as none. */
export function readFault(value: unknown): Fault {
  const given = typeof value === 'object' && value !== null ? value : {};
  const errorRate = 'errorRate' in given ? String(given.errorRate) : undefined;
  const latencyMs = 'latencyMs' in given ? String(given.latencyMs) : undefined;
  return { errorRate: numberIn(errorRate, 0, 0, 1), latencyMs: numberIn(latencyMs, 0, 0, 60_000) };
}

export function readSettings(env: NodeJS.ProcessEnv, args: readonly string[], hostname: string): Settings {
  const version = env['VERSION'] ?? '0.0.0';
  return {
    port: numberIn(portFlag(args) ?? env['PODINFO_PORT'], DEFAULT_PORT, 0, 65_535),
    version,
    color: env['PODINFO_UI_COLOR'] ?? env['COLOR'] ?? DEFAULT_COLOR,
    message: env['PODINFO_UI_MESSAGE'] ?? `greetings from the demo app v${version}`,
    hostname,
    drainMs: numberIn(env['DRAIN_MS'], DEFAULT_DRAIN_MS, 0, 600_000),
    fault: readFault({ errorRate: env['FAULT_ERROR_RATE'], latencyMs: env['FAULT_LATENCY_MS'] }),
    breakdown: {
      crashAfter: numberIn(env['FAULT_CRASH_AFTER'], 0, 0, Number.MAX_SAFE_INTEGER),
      neverReady: env['FAULT_NEVER_READY'] === 'true',
      refuseConnections: env['FAULT_REFUSE'] === 'true',
    },
  };
}
