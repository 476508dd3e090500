import type { Surroundings } from '../admission/decide.ts';
import { guardHandler, type GuardSurroundings } from '../admission/guard.ts';
import { mutateHandler, promotionHandler } from '../admission/handlers.ts';
import { namespaceModeHandler, type ModeChange } from '../admission/namespace-mode.ts';
import type { Handler } from '../admission/types.ts';
import type { NamespaceMode, Mode } from '../policy/index.ts';
import type { Handlers } from './server.ts';

export interface ModeSurroundings {
  /** The mode of namespaces without a label of their own. */
  readonly mode: NamespaceMode;
  readonly observeMode: (change: ModeChange) => void;
}

/** The handlers of every webhook and mode. */
export function createHandlers(surroundings: Surroundings & GuardSurroundings & ModeSurroundings): Handlers {
  return {
    mutate: inEveryMode((mode) => mutateHandler(mode, surroundings)),
    promotion: inEveryMode((mode) => promotionHandler(mode, surroundings)),
    guard: inEveryMode((mode) => guardHandler(mode, surroundings)),
    mode: namespaceModeHandler(surroundings.mode, surroundings.observeMode),
  };
}

function inEveryMode(make: (mode: Mode) => Handler): Readonly<Record<Mode, Handler>> {
  return { enforce: make('enforce'), warn: make('warn'), audit: make('audit') };
}
