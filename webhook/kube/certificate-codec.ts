import { text } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';

/** Bytes as the API carries them. */
export function encode(value: string): string {
  return Buffer.from(value).toString('base64');
}

/** The text in a field of bytes; empty when there is none. */
export function decode(value: Json | undefined): string {
  return Buffer.from(text(value) ?? '', 'base64').toString();
}
