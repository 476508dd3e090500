import { annotation } from '../../common/json.ts';
import { ANNOTATION } from './annotations.ts';
import { FINDING_LIMIT } from './checks/check.ts';
import type { Subject } from './checks/check.ts';
import { attestCommand, pluginCommand } from './commands.ts';
import { listComesFromManifest } from './manifests.ts';
import { suggestion } from './smoke-test.ts';
import type { Color } from './types.ts';

/**
 * Whether a manifest that is applied again, and no person, asks for a switch. In a preflight nothing was applied: the
 * managed fields still are those of the stored object.
 */
export function manifestSwitches({ change, oldState }: Subject): boolean {
  return change.user !== '' && oldState !== null && oldState.active !== null && listComesFromManifest(change.object);
}

/** How to create what has green active. Without its pods no test can be bound: it starts with blue, or is a restore. */
function creationAdvice({ facts, pair }: Subject, to: Color, value: string): string {
  const start = `Create it with ${pair.blue} at 100`;
  if (facts.known && facts[to].revisions.length > 0)
    return `${start}, or, if ${pair[to]} was tested, with the annotation ${ANNOTATION.smokeTest}: ${value}`;
  return `${start}, or after the pods of ${pair[to]}; a restore has the annotation ${ANNOTATION.restore}: <reason>`;
}

/**
 * What is wrong with an untested color, and how to test it. The command of kubectl stands behind the plugin's where
 * there is room for it.
 */
export function testAdvice(subject: Subject, to: Color, what: string): string {
  const { change, facts, pair } = subject;
  const value = suggestion(to, facts, [
    annotation(change.oldObject, ANNOTATION.smokeTest),
    annotation(change.object, ANNOTATION.smokeTest),
  ]);
  if (change.operation === 'CREATE') return `${what}. ${creationAdvice(subject, to, value)}`;
  const smoke = pluginCommand('smoke', change);
  if (manifestSwitches(subject))
    return `${what}. The applied manifest sets the weights: leave them out. To promote ${pair[to]}, test it: ${smoke}`;
  const test = `${what}. Test it: ${smoke}`;
  const both = `${test}. If tested: ${attestCommand(change, value)}`;
  return `smoke-test: ${both}`.length <= FINDING_LIMIT ? both : test;
}
