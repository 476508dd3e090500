import { isObject, text, texts } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';
import type { AdmissionRequest } from './types.ts';

/** The only version of the protocol that is spoken. */
export const API_VERSION = 'admission.k8s.io/v1';
export const KIND = 'AdmissionReview';

const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;

/**
 * What a body turned out to be. Without a uid no answer is possible (`unanswerable`: HTTP 400); with one, even a request
 * that makes no sense is answered inside the protocol (`unreadable`), because everything else falls under the caller's
 * failurePolicy and could let the write through.
 */
export type ParsedReview =
  | { readonly kind: 'request'; readonly request: AdmissionRequest }
  | { readonly kind: 'unreadable'; readonly uid: string; readonly reason: string }
  | { readonly kind: 'unanswerable'; readonly reason: string };

/** Reads an AdmissionReview out of any JSON. Never throws, never changes the objects it passes on. */
export function parseReview(body: unknown): ParsedReview {
  if (!isObject(body)) return unanswerable(`the body is ${typeOf(body)}, not an AdmissionReview object`);
  if (body['kind'] !== KIND) return unanswerable(`kind is ${quote(body['kind'])}, not "${KIND}"`);
  if (body['apiVersion'] !== API_VERSION) {
    return unanswerable(
      `apiVersion is ${quote(body['apiVersion'])}, not "${API_VERSION}": set admissionReviewVersions: ["v1"] in the webhook configuration`,
    );
  }
  const request = body['request'];
  if (!isObject(request)) return unanswerable(`request is ${typeOf(request)}, not an object`);
  const uid = request['uid'];
  if (typeof uid !== 'string' || uid === '') return unanswerable('request.uid is missing or not a string');
  return parseRequest(uid, request);
}

function parseRequest(uid: string, request: JsonObject): ParsedReview {
  function unreadable(reason: string): ParsedReview {
    return { kind: 'unreadable', uid, reason };
  }

  const operation = OPERATIONS.find((known) => known === request['operation']);
  if (operation === undefined) {
    return unreadable(`request.operation is ${quote(request['operation'])}, not one of ${OPERATIONS.join(', ')}`);
  }
  const resource = request['resource'];
  if (!isObject(resource) || typeof resource['resource'] !== 'string') {
    return unreadable('request.resource does not name a resource');
  }
  for (const field of ['object', 'oldObject', 'options'] as const) {
    const value = request[field];
    if (value != null && !isObject(value)) return unreadable(`request.${field} is ${typeOf(value)}, not an object`);
  }
  const user = objectOrNull(request['userInfo']) ?? {};
  return {
    kind: 'request',
    request: {
      uid,
      operation,
      group: text(resource['group']) ?? '',
      version: text(resource['version']) ?? '',
      resource: resource['resource'],
      subResource: text(request['subResource']) ?? '',
      namespace: text(request['namespace']) ?? '',
      name: text(request['name']) ?? '',
      user: {
        name: text(user['username']) ?? '',
        uid: text(user['uid']) ?? '',
        groups: texts(user['groups']),
        extra: objectOrNull(user['extra']) ?? {},
      },
      object: objectOrNull(request['object']),
      oldObject: objectOrNull(request['oldObject']),
      options: objectOrNull(request['options']),
      dryRun: request['dryRun'] === true,
    },
  };
}

function unanswerable(reason: string): ParsedReview {
  return { kind: 'unanswerable', reason };
}

function objectOrNull(value: Json | undefined): JsonObject | null {
  return isObject(value) ? value : null;
}

function typeOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function quote(value: unknown): string {
  return typeof value === 'string' ? `"${value.slice(0, 80)}"` : typeOf(value);
}
