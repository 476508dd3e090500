import type { Call } from './command.ts';

export type DryRun = 'none' | 'client' | 'server';

/** What --dry-run says. */
export function dryRunOf({ flags }: Pick<Call, 'flags'>): DryRun {
  const value = flags.text('dry-run');
  return value === 'client' || value === 'server' ? value : 'none';
}

/** What follows a resource's verb: kubectl's own suffixes. */
export function dryRunSuffix(dryRun: DryRun): string {
  return dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : '';
}
