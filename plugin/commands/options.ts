import type { Command } from '../cli/command.ts';
import { optionsHelp } from '../cli/help.ts';
import { EXIT } from '../cli/io.ts';
import { flow } from '../printers/flow.ts';

export const options: Command = {
  name: 'options',
  usage: '',
  summary: 'List the options that every command takes',
  description: 'List the options that every command takes.',
  examples: [],
  flags: [],
  arguments: { min: 0, max: 0 },
  run: (call) => {
    call.io.out.write(flow(optionsHelp(), call.io.out.columns?.()));
    return Promise.resolve(EXIT.ok);
  },
};
