import type { Subject } from './checks/check.ts';
import { applyDefaults } from './defaults.ts';
import type { DefaultedChange } from './defaults.ts';
import { evaluate } from './evaluate.ts';
import type { Evaluation } from './evaluate.ts';
import { NO_NEIGHBORS } from './neighbors.ts';
import { needsOf, summarizeChange } from './change-summary.ts';
import type { Needs } from './change-summary.ts';
import { newRestore, NO_PERMISSION_ASKED } from './permissions.ts';
import type { Permissions } from './permissions.ts';
import type { Change, CheckId, Facts, Finding, Mode, Neighbors, Pair, Settings } from './types.ts';

/** A change, and what an operator chose. */
export interface ConsiderInput {
  readonly change: Change;
  readonly pair: Pair;
  readonly settings: Settings;
  /** Of the namespace, for the record; left out where nothing is stored. */
  readonly mode?: Mode;
}

/** What the cluster says of a change. */
export interface Answers {
  /** `known: false` where none are needed. */
  readonly facts: Facts;
  /** Left out where none are needed. */
  readonly neighbors?: Neighbors;
  /** Left out where no verb is needed, or the caller leaves that to the webhook. */
  readonly permissions?: Permissions;
  /** Whether no route leads to what is created; left out where that was not asked. */
  readonly unrouted?: boolean;
  /** RFC 3339, the time of this review. */
  readonly at: string;
}

/** The completed object and what the checks say of it. */
export type Decision = DefaultedChange & Evaluation;

/** A change that has been looked at by itself: what has to be asked, and the decision once that is answered. */
export interface Considered {
  readonly needs: Needs;
  decide(answers: Answers): Decision;
}

export type DecideInput = ConsiderInput & Answers;

/** Begins to decide a creation or an update of a governed TraefikService. */
export function consider({ change, pair, settings, mode = 'enforce' }: ConsiderInput): Considered {
  const summary = summarizeChange({ change, pair });
  return {
    needs: needsOf(summary, change, settings),
    decide: ({ facts, neighbors = NO_NEIGHBORS, permissions = NO_PERMISSION_ASKED, unrouted = false, at }) => {
      const reason = newRestore(change);
      if (reason !== null && permissions.override === 'granted')
        return { ...decide({ change: unchanged(change), pair, settings, facts, neighbors, at }), override: reason };
      function complete(checks: readonly CheckId[]): Decision {
        const broken = { checks, mode };
        const defaulted = applyDefaults(summary, { change, pair, facts, permissions, broken, at });
        const subject: Subject = { ...defaulted, change, pair, facts, neighbors, settings, permissions, unrouted, at };
        const evaluation = evaluate(subject);
        return { ...defaulted, ...evaluation, warnings: [...defaulted.warnings, ...evaluation.warnings] };
      }
      const decision = complete([]);
      // What goes through nevertheless belongs in the record. No finding rests on that, so that a second pass is enough.
      const letThrough = mode === 'enforce' ? decision.overridden : [...decision.findings, ...decision.overridden];
      return letThrough.length === 0 ? decision : complete(checksOf(letThrough));
    },
  };
}

/** The checks of these findings, each once. */
export function checksOf(findings: readonly Finding[]): readonly CheckId[] {
  return [...new Set(findings.map(({ check }) => check))];
}

/**
 * A restore as an update that changes nothing: weights and record stay as they are, and findings are warnings. Its pods
 * may come later.
 */
function unchanged(change: Change): Change {
  return { ...change, operation: 'UPDATE', oldObject: change.object };
}

/** Decides a creation or an update of a governed TraefikService whose questions are answered. */
export function decide(input: DecideInput): Decision {
  return consider(input).decide(input);
}

/** The facts of a request that needs none. */
export const NOT_ASKED: Facts = { known: false, reason: 'not asked for' };
