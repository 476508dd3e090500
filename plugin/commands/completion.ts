import type { Command } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';

const SCRIPT = `#!/bin/sh
# kubectl runs this for completions of "kubectl bluegreen". Put it on the PATH as kubectl_complete-bluegreen.
exec kubectl-bluegreen __complete "$@"
`;

export const completion: Command = {
  name: 'completion',
  usage: '',
  summary: 'Print the script that completes commands and names',
  description: `Print the script that completes commands, names and flags of "kubectl bluegreen". kubectl's own completion has to be set up
in the shell; the script has to be executable, on the PATH, and named kubectl_complete-bluegreen.`,
  examples: [
    {
      comment: 'Set it up beside the plugin',
      command:
        'kubectl bluegreen completion > ~/bin/kubectl_complete-bluegreen && chmod +x ~/bin/kubectl_complete-bluegreen',
    },
  ],
  flags: [],
  arguments: { min: 0, max: 0 },
  run: (call) => {
    call.io.out.write(SCRIPT);
    return Promise.resolve(EXIT.ok);
  },
};
