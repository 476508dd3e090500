/** One HTTP check, complete. Plain data: it is sent to a Job as it is. */
export interface Check {
  readonly name: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Statuses that are right. */
  readonly status: readonly number[];
  readonly contains: readonly string[];
  readonly matches: readonly string[];
  /** Wanted values, as text, by jsonpath. */
  readonly json: Readonly<Record<string, string>>;
  /** Text that headers of the answer contain, by name. */
  readonly answerHeaders: Readonly<Record<string, string>>;
  /** Milliseconds; null for no limit. */
  readonly maxLatency: number | null;
  readonly repeat: number;
  readonly concurrency: number;
  /** Milliseconds. */
  readonly timeout: number;
}

/** What a check found. */
export interface CheckResult {
  readonly name: string;
  readonly requests: number;
  readonly failed: number;
  /** Distinct reasons, the first few. */
  readonly reasons: readonly string[];
  /** Milliseconds of the answers that came; null without any. */
  readonly latency: { readonly p50: number; readonly max: number } | null;
}

/** How far checks have come. */
export interface Progress {
  readonly name: string;
  /** 1-based. */
  readonly check: number;
  readonly checks: number;
  readonly done: number;
  readonly repeat: number;
  readonly failed: number;
}

/** What is sent where the checks run. */
export interface Assignment {
  /** Without a slash at the end. */
  readonly url: string;
  readonly checks: readonly Check[];
}

/** Milliseconds that a request may take unless a check says otherwise. */
export const TIMEOUT = 10_000;
