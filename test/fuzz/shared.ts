/** Something that one piece of work has at a time. */
export interface Shared<T> {
  use<R>(work: (it: T) => Promise<R>): Promise<R>;
}

/** Work that comes while other work is under way waits for it, in the order in which it came. */
export function shared<T>(it: T): Shared<T> {
  let last: Promise<unknown> = Promise.resolve();
  return {
    use: (work) => {
      const done = last.then(() => work(it));
      last = done.catch(() => {});
      return done;
    },
  };
}
