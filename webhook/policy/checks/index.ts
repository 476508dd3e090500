import { annotations } from './annotations.ts';
import { backendsExist } from './backends-exist.ts';
import type { Check } from './check.ts';
import { distinctPods } from './distinct-pods.ts';
import { entryOptions } from './entry-options.ts';
import { frozen } from './frozen.ts';
import { knownColors } from './known-colors.ts';
import { permission } from './permission.ts';
import { readyEndpoints } from './ready-endpoints.ts';
import { record } from './record.ts';
import { sharedColor } from './shared-color.ts';
import { singleActive } from './single-active.ts';
import { smokeTest } from './smoke-test.ts';
import { weightedOnly } from './weighted-only.ts';
import { weightsTotal } from './weights-total.ts';

/** Every check, in the order in which findings are reported. */
export const CHECKS: readonly Check[] = [
  weightsTotal,
  singleActive,
  knownColors,
  weightedOnly,
  smokeTest,
  readyEndpoints,
  backendsExist,
  entryOptions,
  distinctPods,
  sharedColor,
  frozen,
  permission,
  record,
  annotations,
];
