import type { Command } from '../cli/command.ts';
import { completion } from './completion.ts';
import { decommission } from './decommission.ts';
import { deploy } from './deploy.ts';
import { doctor } from './doctor.ts';
import { freeze } from './freeze.ts';
import { history } from './history.ts';
import { init } from './init.ts';
import { lint } from './lint.ts';
import { list } from './list.ts';
import { logs } from './logs.ts';
import { portForward } from './port-forward.ts';
import { options } from './options.ts';
import { promote } from './promote.ts';
import { release } from './release.ts';
import { unguard } from './unguard.ts';
import { rollback } from './rollback.ts';
import { smoke } from './smoke.ts';
import { smokeChecks } from './smoke-checks.ts';
import { status } from './status.ts';
import { unfreeze } from './unfreeze.ts';
import { version } from './version.ts';
import { analyze } from './analyze.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  status,
  list,
  release,
  deploy,
  smoke,
  promote,
  analyze,
  rollback,
  decommission,
  history,
  logs,
  portForward,
  freeze,
  unfreeze,
  unguard,
  lint,
  doctor,
  init,
  completion,
  options,
  version,
  smokeChecks,
];
