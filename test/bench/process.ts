import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { Problem } from '../cluster/index.ts';

export type Run = () => Promise<number>;

/** Runs a program that has to succeed; the milliseconds from its start to its end. */
export async function timeProcess(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const begun = performance.now();
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<{ readonly code: number; readonly took: number }>((resolve, reject) => {
    child.on('exit', (code) => resolve({ code: code ?? 1, took: performance.now() - begun }));
    child.on('error', reject);
  });
  const [{ code, took }, stderr] = await Promise.all([ended, text(child.stderr)]);
  if (code !== 0) throw new Problem(`${command} ${args.join(' ')} failed:\n${stderr}`);
  return took;
}

/** Alternates between two things, and which of them goes first. */
export async function interleave(
  rounds: number,
  subject: Run,
  reference: Run,
): Promise<{ readonly subject: readonly number[]; readonly reference: readonly number[] }> {
  const times = { subject: new Array<number>(), reference: new Array<number>() };
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2 === 0;
    if (first) times.subject.push(await subject());
    times.reference.push(await reference());
    if (!first) times.subject.push(await subject());
  }
  return times;
}
