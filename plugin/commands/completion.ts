import type { Command } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { UsageError } from '../kube/errors.ts';

const SCRIPT = `#!/bin/sh
# kubectl runs this for completions of "kubectl bluegreen". Put it on the PATH as kubectl_complete-bluegreen.
exec kubectl-bluegreen __complete "$@"
`;

/** The shells of `kubectl completion`; the script is the same for all of them. */
const SHELLS: readonly string[] = ['bash', 'fish', 'powershell', 'zsh'];

export const completion: Command = {
  name: 'completion',
  usage: '[SHELL]',
  summary: 'Print the script that completes commands and names',
  description: `Print the script that completes commands, names and flags of "kubectl bluegreen". kubectl's own completion has to be set up
in the shell ("kubectl completion --help"); the script has to be executable, on the PATH, and named kubectl_complete-bluegreen. It is
the same for bash, fish, powershell and zsh.`,
  examples: [
    {
      comment: 'Set it up beside the plugin',
      command:
        'kubectl bluegreen completion > ~/bin/kubectl_complete-bluegreen && chmod +x ~/bin/kubectl_complete-bluegreen',
    },
  ],
  flags: [],
  arguments: { min: 0, max: 1 },
  completes: SHELLS,
  run: (call) => {
    const [shell] = call.args;
    if (shell !== undefined && !SHELLS.includes(shell)) {
      throw new UsageError(`unsupported shell "${shell}": one of ${SHELLS.join(', ')}`);
    }
    call.io.out.write(SCRIPT);
    return Promise.resolve(EXIT.ok);
  },
};
