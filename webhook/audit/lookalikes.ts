import { likelyPairOf, likelyPairsIn } from '../policy/index.ts';
import type { Pair } from '../policy/index.ts';
import type { JsonObject } from '../../common/json.ts';
import type { Log } from '../telemetry/log.ts';
import type { Listed, Target } from './inspect.ts';

/** So many are remembered; more are counted alone. */
const MOST = 500;

/** What looks like a blue-green pair and no check applies to, from one audit to the next. */
export interface Lookalikes {
  /** Begins an audit. */
  begin(): void;
  /** A TraefikService that is not governed. */
  addService(listed: Listed): void;
  addRoute(target: Target, route: JsonObject): void;
  /** Ends an audit that listed everything: what was not entered is gone. How many there are. */
  end(): number;
}

/** Each is logged when it is first seen. A replica that takes over knows of none and logs all of them once. */
export function createLookalikes(log: Log): Lookalikes {
  let before = new Set<string>();
  let now = new Set<string>();
  let count = 0;
  function enter(kind: string, { group, namespace, name }: Target, { blue, green }: Pair): void {
    count += 1;
    const key = [kind, group, namespace, name, blue, green].join('/');
    if (now.size < MOST) now.add(key);
    else if (!now.has(key)) return;
    if (!before.has(key))
      log.info({ kind, group, namespace, name, blue, green }, 'not governed, and its Services look like a pair');
  }
  return {
    begin() {
      now = new Set();
      count = 0;
    },
    addService(listed) {
      const pair = likelyPairOf(listed.object);
      if (pair !== null) enter('TraefikService', listed, pair);
    },
    addRoute(target, route) {
      for (const pair of likelyPairsIn(route)) enter('IngressRoute', target, pair);
    },
    end() {
      before = now;
      return count;
    },
  };
}
