import type { Json } from './json.ts';

/** One operation of a JSON patch (RFC 6902), of those that are written here. */
export type PatchOperation =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };
