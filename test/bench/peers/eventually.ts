import { Problem } from '../../cluster/index.ts';
import { until } from '../../cluster/node/api.ts';

/** Waits until it is so; throws with what was waited for. */
export async function eventually(what: string, isSo: () => Promise<boolean>, timeout = 180_000): Promise<void> {
  if (!(await until(isSo, timeout, 500))) throw new Problem(`after ${timeout / 1000} s it is still not so: ${what}`);
}
