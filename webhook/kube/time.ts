/** The API's MicroTime: it takes exactly six digits after the second. */
export function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}
