import type { Fault } from '../fault.ts';

export const rolled: Fault = {
  name: 'rolled',
  what: 'every replica replaced by helm upgrade',
  answered: true,
  happen: (bed) => bed.install({ 'podAnnotations.rolled': 'again' }),
};
