import type { Command } from '../command.ts';
import { optionsHelp } from '../help.ts';
import { EXIT } from '../io.ts';

export const options: Command = {
  name: 'options',
  usage: '',
  summary: 'List the options that every command takes',
  description: 'List the options that every command takes.',
  examples: [],
  flags: [],
  arguments: { min: 0, max: 0 },
  run: (call) => {
    call.io.out.write(optionsHelp());
    return Promise.resolve(EXIT.ok);
  },
};
