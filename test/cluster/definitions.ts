import { Problem } from '../../scripts/lib/problem.ts';
import type { Kube } from './kube.ts';
import { repeatWhile } from './repeat.ts';

/** A definition that was just created has null for its conditions, on which kubectl ends instead of waiting. */
const TOO_EARLY = /accessor error: <nil>/;
const TRIES = 60;
const PAUSE_MS = 500;

/**
 * Waits until the API server serves the resources of CustomResourceDefinitions.
 * @param definitions as kubectl takes them: `crd NAME`, or `-f FILE` for each
 */
export async function established(kube: Kube, definitions: readonly string[]): Promise<void> {
  const wait = ['wait', ...definitions, '--for=condition=Established', '--timeout=60s'];
  const { code, stderr } = await repeatWhile(
    () => kube.kubectl(wait),
    (result) => result.code !== 0 && TOO_EARLY.test(result.stderr),
    { tries: TRIES, pause: PAUSE_MS },
  );
  if (code !== 0) throw new Problem(`kubectl wait failed:\n${stderr.trim()}`);
}
