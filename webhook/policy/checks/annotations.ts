import { withoutEffect } from '../ineffective.ts';
import type { Check } from './check.ts';

/**
 * Who writes an annotation of this project wants something of it. What a TraefikService without a pair tells in vain,
 * `ungoverned` says.
 */
export const annotations: Check = {
  id: 'annotations',
  description:
    'Every annotation `bluegreen.dev/…` has an effect: color annotations that name no pair are denied, others without effect are a warning.',
  cel: 'no',
  needs: 'nothing',
  touched: () => true,
  find: ({ change }) => withoutEffect(change.object),
};
