import type { Mode } from '../policy/index.ts';
import type { WebhookName } from './webhooks.ts';
import type { AdmissionRequest, Answer } from './types.ts';

/** A request and its answer. */
export interface Decided {
  readonly webhook: WebhookName | 'mode';
  /** Empty for the webhook `mode`, which has none. */
  readonly mode: Mode | '';
  readonly request: AdmissionRequest;
  readonly answer: Answer;
  readonly milliseconds: number;
}

/** Tells people about a decision. Returns at once and never throws: no admission waits for it or fails by it. */
export type Announce = (decided: Decided) => void;
