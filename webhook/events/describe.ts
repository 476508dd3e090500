import { at, text } from '../../common/json.ts';
import type { HistoryEntry } from '../policy/index.ts';
import type { Decided } from '../admission/decision-event.ts';
import type { Occurrence, Reason, Subject } from './occurrence.ts';

/** The TraefikServices that a decision is about, each once; one that has no name yet (generateName) is left out. */
export function subjectsOf({ request, answer }: Decided): readonly Subject[] {
  const own = request.resource === 'traefikservices';
  const uid = own ? text(at(request.oldObject, 'metadata', 'uid')) : null;
  const subjects = answer.about
    .filter(({ name }) => name !== '')
    .map(({ group, name }): [string, Subject] => [
      `${group}/${name}`,
      { group, namespace: request.namespace, name, uid },
    ]);
  return [...new Map(subjects).values()];
}

/** What a decision says for certain: a denial ends the request, whatever others say of it. */
export function denials(decided: Decided): readonly Occurrence[] {
  const { answer } = decided;
  if (answer.verdict !== 'denied') return [];
  const note = `denied ${whatOf(decided)}: ${withoutPage(answer.message)}`;
  return subjectsOf(decided).map((subject) => repeated(subject, 'Denied', note, decided));
}

/** A guard that was overridden: nothing of it is recorded on the TraefikService. */
export function guardOverrides(decided: Decided): readonly Occurrence[] {
  const { webhook, answer } = decided;
  if (webhook !== 'guard' || answer.override === null) return [];
  const note = `allowed ${whatOf(decided)} by override (${answer.override}): ${answer.checks.join(', ')}`;
  return subjectsOf(decided).map((subject) => repeated(subject, 'Overridden', note, decided));
}

/** What an entry of the history tells, once it is stored; a creation with blue active is where every release starts. */
export function ofHistory(subject: Subject, entry: HistoryEntry): readonly Occurrence[] {
  function occurrence(reason: Reason, note: string): Occurrence {
    return { subject, reason, note, key: entry.at, once: true };
  }
  const by = entry.by === null ? '' : ` by ${entry.by}`;
  const occurrences: Occurrence[] = [];
  if (entry.kind === 'promotion') occurrences.push(occurrence('Promoted', `${moved(entry)}${by}${running(entry)}`));
  if (entry.kind === 'rollback') occurrences.push(occurrence('RolledBack', `${moved(entry)}${by}${running(entry)}`));
  if (entry.kind === 'unseen')
    occurrences.push(
      occurrence(
        'SwitchedUnseen',
        `production went from ${entry.from ?? 'nothing'} to ${entry.to} while the webhook was not called; no previous color is recorded`,
      ),
    );
  if (entry.override !== null)
    occurrences.push(occurrence('Overridden', `checks were overridden${by}: ${entry.override}`));
  return occurrences;
}

/** The message on one line, without the address of the page at its end. */
function withoutPage(message: string): string {
  return message.replace(/\nSee \S+$/, '').replaceAll('\n', ' ');
}

function moved({ kind, from, to }: HistoryEntry): string {
  if (from === null) return `created with ${to} active`;
  return kind === 'rollback' ? `rolled back from ${from} to ${to}` : `promoted ${to}, before it was ${from}`;
}

function running({ revision, images }: HistoryEntry): string {
  if (revision === null) return '';
  return `, revision ${revision}${images.length === 0 ? '' : ` (${images.join(', ')})`}`;
}

function repeated(subject: Subject, reason: Reason, note: string, { request, answer }: Decided): Occurrence {
  const { operation, resource, subResource, name } = request;
  const key = [operation, resource, subResource, name, ...answer.checks].join(' ');
  return { subject, reason, note, key, once: false };
}

/** `the update by ada`, `the deletion of deployments/green by ada` */
function whatOf({ request }: Decided): string {
  const { operation, resource, subResource, name, user } = request;
  const action = { CREATE: 'creation', UPDATE: 'update', DELETE: 'deletion', CONNECT: 'connection' }[operation];
  const full = subResource === '' ? resource : `${resource}/${subResource}`;
  const what = resource === 'traefikservices' ? '' : ` of ${full} ${name}`;
  return `the ${action}${what} by ${user.name}`;
}
