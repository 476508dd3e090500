import type { Dependencies } from '../admission/decide.ts';
import { guardHandler } from '../admission/guard.ts';
import type { GuardDependencies } from '../admission/guard.ts';
import { mutateHandler, promotionHandler } from '../admission/handlers.ts';
import { namespaceModeHandler } from '../admission/namespace-mode.ts';
import type { ModeChange } from '../admission/namespace-mode.ts';
import type { AdmissionRequest, Handler } from '../admission/types.ts';
import type { NamespaceMode, Mode } from '../policy/index.ts';
import type { Handlers } from './server.ts';

export interface ModeSurroundings {
  /** The mode of namespaces without a label of their own. */
  readonly mode: NamespaceMode;
  readonly observeMode: (change: ModeChange, request: AdmissionRequest) => void;
}

/** The handlers of every webhook and mode. */
export function createHandlers(dependencies: Dependencies & GuardDependencies & ModeSurroundings): Handlers {
  return {
    mutate: inEveryMode((mode) => mutateHandler(mode, dependencies)),
    promotion: inEveryMode((mode) => promotionHandler(mode, dependencies)),
    guard: inEveryMode((mode) => guardHandler(mode, dependencies)),
    mode: namespaceModeHandler(dependencies.mode, dependencies.observeMode),
  };
}

function inEveryMode(make: (mode: Mode) => Handler): Readonly<Record<Mode, Handler>> {
  return { enforce: make('enforce'), warn: make('warn'), audit: make('audit') };
}
