/** Below this, a difference says more about the network and the whole seconds of the header than about clocks. */
const TOLERANCE_MS = 2000;
/** What people are warned of. */
const NOTABLE_MS = 5000;

/**
 * The time of day by the API server's clock. It judges the certificates, and its answers reach every replica: so that all
 * replicas agree, whatever the clocks of their nodes show. Before the first answer it is the time of this node.
 */
export interface ServerClock {
  now(): Date;
  /** How far the clock of this node is ahead of the API server's, in milliseconds; 0 within the tolerance. */
  ahead(): number;
  /** What is wrong with the clock of this node, as a sentence; null for nothing that matters. */
  problem(): string | null;
  /** Takes the header `Date` of an answer in, with when the request was sent. */
  answered(date: string | undefined, sent: number): void;
}

/**
 * @param local the time of this node, in milliseconds since the epoch
 * @param changed called with what is wrong with it, when that changes
 */
export function createServerClock(
  local: () => number,
  changed: (problem: string | null) => void = () => {},
): ServerClock {
  let ahead = 0;
  let said: string | null = null;
  function say(): void {
    const problem = problemOf(ahead);
    if (problem !== said) changed(problem);
    said = problem;
  }
  return {
    now: () => new Date(local() - ahead),
    ahead: () => ahead,
    problem: () => problemOf(ahead),
    answered(date, sent) {
      const started = Date.parse(date ?? '');
      if (Number.isNaN(started)) return;
      const received = local();
      // The header is of some moment in its second, which lay between the request and its answer.
      const least = sent - (started + 1000);
      const most = received - started;
      if (ahead >= least - TOLERANCE_MS && ahead <= most + TOLERANCE_MS && ahead !== 0) return;
      const middle = (least + most) / 2;
      ahead = least > TOLERANCE_MS || most < -TOLERANCE_MS ? middle : 0;
      say();
    },
  };
}

function problemOf(ahead: number): string | null {
  const seconds = Math.round(ahead / 1000);
  if (Math.abs(ahead) < NOTABLE_MS) return null;
  const what = `the clock of this node is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the API server's`;
  return `${what}: the webhook uses the API server's time; check NTP on the node`;
}
