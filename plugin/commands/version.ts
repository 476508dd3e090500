import type { Command } from '../cli/command.ts';
import { EXIT } from '../cli/io.ts';
import { UsageError } from '../kube/errors.ts';
import { printObject } from '../printers/object.ts';
import { VERSION } from '../../common/version.ts';

/** What people type who look for the command. */
export const VERSION_FLAG = { name: 'version', type: 'boolean', help: 'Show the version of the plugin.' } as const;

export const VERSION_LINE = `kubectl-bluegreen v${VERSION}\n`;

export const version: Command = {
  name: 'version',
  usage: '',
  summary: 'Show the version of the plugin',
  description: 'Show the version of the plugin. No cluster is asked.',
  examples: [{ comment: 'For a script', command: 'kubectl bluegreen version -o json' }],
  flags: [
    {
      name: 'output',
      short: 'o',
      type: 'text',
      completes: ['json', 'yaml'],
      help: 'Output format. One of: (json, yaml).',
    },
    { name: 'client', type: 'boolean', help: 'Accepted for compatibility.', hidden: true },
    { name: 'short', type: 'boolean', help: 'Accepted for compatibility.', hidden: true },
  ],
  arguments: { min: 0, max: 0 },
  run: (call) => {
    const format = call.flags.text('output') ?? '';
    if (!['', 'json', 'yaml'].includes(format)) throw new UsageError('--output must be "yaml" or "json"');
    const document = { clientVersion: { gitVersion: `v${VERSION}`, platform: `${process.platform}/${process.arch}` } };
    call.io.out.write(format === '' ? VERSION_LINE : printObject(document, '', format));
    return Promise.resolve(EXIT.ok);
  },
};
