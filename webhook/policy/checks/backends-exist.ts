import type { Child } from '../state.ts';
import type { ColorFacts } from '../types.ts';
import { denial, LOOKUP_FAILED } from './check.ts';
import type { Check, CheckResult, Subject } from './check.ts';
import { backendsTouched } from '../touched.ts';

/**
 * Traefik drops a whole TraefikService, and answers 404 to every request, when one child cannot be built: its Service or
 * port is missing, or, with `allowEmptyServices=false`, it has no endpoint. Weight 0 makes no difference.
 */
export const backendsExist: Check = {
  id: 'backends-exist',
  description:
    'Every listed Service and port exists; with `allowEmptyServices=false` a color newly listed by an update has a ready endpoint.',
  cel: 'no',
  needs: 'facts',
  touched: backendsTouched,
  find: (subject) => {
    const { facts, newState, switched } = subject;
    if (!facts.known) {
      const detail = `whether the listed Services exist could not be read (${facts.reason}). Try again`;
      return switched?.kind === 'rollback' || !backendsTouched(subject) ? [] : [denial(LOOKUP_FAILED, detail)];
    }
    return (['blue', 'green'] as const).flatMap((color) => {
      const child = newState[color];
      return child === null ? [] : backend(subject, child, facts[color]);
    });
  },
};

function backend(subject: Subject, child: Child, color: ColorFacts): readonly CheckResult[] {
  const { change } = subject;
  if (color.service === null)
    return [
      denial(
        'a listed Service does not exist',
        `Service ${child.name} does not exist in ${change.namespace}; Traefik would answer 404 for every color. Create it first`,
      ),
    ];
  const { ports, external } = color.service;
  const known = ports.some(({ name, port }) => child.port === port || (name !== null && child.port === name));
  if (!known && !(external && typeof child.port === 'number')) {
    const names = ports.map(({ name, port }) => (name === null ? String(port) : `${port} (${name})`)).join(', ');
    const wanted =
      typeof child.port === 'number' || typeof child.port === 'string' ? `port ${child.port}` : 'a port left out';
    return [
      denial(
        'a listed port does not exist',
        `Service ${child.name} has ${names === '' ? 'no port' : `port ${names}`}, not ${wanted}; Traefik would answer 404 for every color. Write one of its ports`,
      ),
    ];
  }
  return isEmptyAddition(subject, child, color)
    ? [
        denial(
          'a newly listed color is empty',
          `${child.name} has no ready endpoint; with Traefik's allowEmptyServices=false, listing it would answer 404 for every color. Bring it up first`,
        ),
      ]
    : [];
}

function isEmptyAddition({ oldState, settings }: Subject, child: Child, color: ColorFacts): boolean {
  if (settings.allowEmptyServices || oldState === null || oldState.active === null) return false;
  const listed = oldState.children.some((old) => old.name === child.name);
  return !listed && color.readyEndpoints === 0 && color.service?.external !== true;
}
