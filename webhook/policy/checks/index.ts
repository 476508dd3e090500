import type { Check } from './check.ts';
import { knownColors } from './known-colors.ts';
import { record } from './record.ts';
import { singleActive } from './single-active.ts';
import { smokeTest } from './smoke-test.ts';
import { weightsTotal } from './weights-total.ts';

/** Every check, in the order in which findings are reported. */
export const CHECKS: readonly Check[] = [weightsTotal, singleActive, knownColors, smokeTest, record];
