/** The time that look-ups have. Whoever was in time ends it, so that no timer holds on to what was looked up. */
export interface Deadline {
  readonly signal: AbortSignal;
  readonly end: () => void;
}

export function startDeadline(milliseconds: number): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DOMException('the time is over', 'TimeoutError')), milliseconds);
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}
