import type { Command } from '../cli/command.ts';
import type { CommandGroup } from '../cli/help.ts';
import { adopt } from './adopt.ts';
import { completion } from './completion.ts';
import { dashboard } from './dashboard.ts';
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

/** What the main help shows, as it shows it. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  { title: 'Release a version', commands: [release, deploy, smoke, promote, analyze, rollback, decommission] },
  { title: 'See what is active', commands: [status, list, dashboard, history, logs, portForward] },
  { title: 'Hold releases back', commands: [freeze, unfreeze, unguard] },
  { title: 'Begin, and check', commands: [init, adopt, lint, doctor] },
  { title: 'Other commands', commands: [completion, options, version] },
];

/** Every command, those of the help first. */
export const COMMANDS: readonly Command[] = [...COMMAND_GROUPS.flatMap(({ commands }) => commands), smokeChecks];
