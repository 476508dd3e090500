export interface Counts {
  /** Writes by what became of them. */
  accepted: number;
  unchanged: number;
  denied: number;
  /** The API server itself does not take them. */
  invalid: number;
  /** Sequences after which production was wrong, each time that it was tried. */
  broken: number;
  /** Sequences after which production was wrong as the webhook had said in a warning: the writer's own choice. */
  warned: number;
  /** Wrong the first time, and denied when the guards were asked again: they had had no time, and let it pass. */
  missed: number;
  /** Wrong the first time only. */
  once: number;
  /** Denied writes that go against a rule which the design lists: they need not harm anybody. */
  byRule: number;
  /** Denied writes that go against none, and harm nobody without guards. */
  falseAlarms: number;
}

export function noCounts(): Counts {
  return {
    accepted: 0,
    unchanged: 0,
    denied: 0,
    invalid: 0,
    broken: 0,
    warned: 0,
    missed: 0,
    once: 0,
    byRule: 0,
    falseAlarms: 0,
  };
}
