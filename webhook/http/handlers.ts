import type { Dependencies } from '../admission/decide.ts';
import { guardHandler } from '../admission/guard.ts';
import type { GuardDependencies } from '../admission/guard.ts';
import { mutateHandler, promotionHandler } from '../admission/handlers.ts';
import { namespaceModeHandler } from '../admission/namespace-mode.ts';
import type { ModeDependencies } from '../admission/namespace-mode.ts';
import type { Handler } from '../admission/types.ts';
import type { Mode } from '../policy/index.ts';
import type { Handlers } from './server.ts';

/** The handlers of every webhook and mode. */
export function createHandlers(dependencies: Dependencies & GuardDependencies & ModeDependencies): Handlers {
  return {
    mutate: inEveryMode((mode) => mutateHandler(mode, dependencies)),
    promotion: inEveryMode((mode) => promotionHandler(mode, dependencies)),
    guard: inEveryMode((mode) => guardHandler(mode, dependencies)),
    mode: namespaceModeHandler(dependencies),
  };
}

function inEveryMode(make: (mode: Mode) => Handler): Readonly<Record<Mode, Handler>> {
  return { enforce: make('enforce'), warn: make('warn'), audit: make('audit') };
}
