import type { Surroundings } from './admission/decide.ts';
import { guardHandler, type GuardSurroundings } from './admission/guard.ts';
import { mutateHandler, promotionHandler } from './admission/handlers.ts';
import type { Handler } from './admission/types.ts';
import type { Mode } from './policy/types.ts';
import type { Handlers } from './server.ts';

/** The handlers of every entry and mode. */
export function createHandlers(surroundings: Surroundings & GuardSurroundings): Handlers {
  return {
    mutate: inEveryMode((mode) => mutateHandler(mode, surroundings)),
    promotion: inEveryMode((mode) => promotionHandler(mode, surroundings)),
    guard: inEveryMode((mode) => guardHandler(mode, surroundings)),
  };
}

function inEveryMode(make: (mode: Mode) => Handler): Readonly<Record<Mode, Handler>> {
  return { enforce: make('enforce'), warn: make('warn'), audit: make('audit') };
}
