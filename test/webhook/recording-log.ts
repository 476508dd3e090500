import type { Log } from '../../webhook/telemetry/log.ts';

/** A line that was logged. */
export interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: object;
}

export function recordingLog(): Log & { readonly lines: Line[] } {
  const lines: Line[] = [];
  function at(level: string) {
    return (fields: object, message: string) => void lines.push({ level, message, fields });
  }
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
