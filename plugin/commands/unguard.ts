import { ANNOTATION } from '../../webhook/policy/index.ts';
import { annotate } from '../traefikservice/annotate.ts';
import type { Command } from '../cli/command.ts';
import { MUTATION_FLAGS } from '../cli/flags.ts';
import { EXIT } from '../cli/io.ts';
import { UsageError } from '../kube/errors.ts';
import { dryRunOf } from '../cli/dry-run.ts';
import { commandLine } from '../traefikservice/names.ts';
import { checkFormat } from '../printers/object.ts';
import { parseTarget } from '../traefikservice/argument.ts';
import { findTarget } from '../traefikservice/find.ts';

export const unguard: Command = {
  name: 'unguard',
  usage: 'NAME',
  summary: 'Remove the protection of a release for a teardown',
  description: `Remove the protection of a release, so that its TraefikService, Services and workloads can be deleted or scaled to zero.
From then on no guard protects production. It needs the verb "override" on traefikservices.`,
  examples: [
    { comment: 'Before "helm uninstall shop"', command: "kubectl bluegreen unguard shop --reason 'replaced by cart'" },
    { comment: 'Guard it again', command: 'kubectl bluegreen unguard shop --undo' },
  ],
  flags: [
    { name: 'reason', type: 'text', fallback: 'teardown', help: 'The reason; the annotation keeps it.' },
    { name: 'undo', type: 'boolean', help: 'Guard it again.' },
    ...MUTATION_FLAGS,
  ],
  arguments: { min: 1, max: 1 },
  completes: 'names',
  run: async (call) => {
    checkFormat(call.flags.text('output'));
    const undo = call.flags.boolean('undo');
    const reason = (call.flags.text('reason') ?? '').trim();
    if (reason === '') throw new UsageError('--reason must not be empty');
    const session = await call.connect();
    const found = await findTarget(session, parseTarget(call.args[0] ?? ''));
    const change = { key: ANNOTATION.unguard, value: undo ? null : reason, verb: undo ? 'guarded again' : 'unguarded' };
    const changed = await annotate(call, session, found, change);
    if (changed && !undo && dryRunOf(call) === 'none') {
      call.io.err.write(
        `This TraefikService is no longer protected. To guard it again: ${commandLine('unguard', found, ' --undo')}\n`,
      );
    }
    return EXIT.ok;
  },
};
