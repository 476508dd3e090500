import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../scripts/lib/problem.ts';
import type { Kube } from './kube.ts';

/** A definition that was just created has null for its conditions, on which kubectl ends instead of waiting. */
const TOO_EARLY = /accessor error: <nil>/;
const TRIES = 60;
const PAUSE_MS = 500;

/**
 * Waits until the API server serves the resources of CustomResourceDefinitions.
 * @param definitions as kubectl takes them: `crd NAME`, or `-f FILE` for each
 */
export async function established(kube: Kube, definitions: readonly string[]): Promise<void> {
  for (let left = TRIES; ; left--) {
    const { code, stderr } = await kube.kubectl([
      'wait',
      ...definitions,
      '--for=condition=Established',
      '--timeout=60s',
    ]);
    if (code === 0) return;
    if (left === 1 || !TOO_EARLY.test(stderr)) throw new Problem(`kubectl wait failed:\n${stderr.trim()}`);
    await sleep(PAUSE_MS);
  }
}
