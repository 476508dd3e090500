import type { Command } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { UserError } from '../kube/errors.ts';
import { ASSIGNMENT, encode, readAssignment, results } from '../smoke/wire.ts';

/** Milliseconds between two messages about the same check. */
const INTERVAL = 250;

/** What `smoke` runs in its Job. */
export const smokeChecks: Command = {
  name: 'smoke-checks',
  usage: '',
  summary: 'Run the checks of a Job that smoke started',
  description: 'Run the checks of a Job that smoke started.',
  examples: [],
  flags: [],
  arguments: { min: 0, max: 0 },
  hidden: true,
  run: async ({ io }) => {
    const source = io.files.env[ASSIGNMENT];
    if (!source)
      throw new UserError(`${ASSIGNMENT} is not set: 'kubectl bluegreen smoke' starts this command by itself`);
    const { runChecks } = await import('../smoke/run.ts');
    let said = Number.NEGATIVE_INFINITY;
    const found = await runChecks(readAssignment(source), {
      now: () => performance.now(),
      signal: io.interrupted,
      progress: (progress) => {
        const now = performance.now();
        if (now - said < INTERVAL && progress.done > 0 && progress.done < progress.repeat) return;
        said = now;
        io.out.write(encode({ kind: 'progress', progress }));
      },
    });
    io.out.write(encode(results(found)));
    return EXIT.ok;
  },
};
