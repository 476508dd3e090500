import { formatAge } from '../../../common/age.ts';
import type { Rates } from '../view.ts';

/** `10m`; empty for a time that is not known. */
export function ageOf(time: string | null, now: number): string {
  const at = Date.parse(time ?? '');
  return Number.isNaN(at) ? '' : formatAge(now - at);
}

/** `10m ago`; empty for a time that is not known. */
export function ago(time: string | null, now: number): string {
  const age = ageOf(time, now);
  return age === '' ? '' : `${age} ago`;
}

/** Requests a second: `0`, `0.3`, `15.3`, `220`. */
export function perSecond(value: number): string {
  return value >= 100 || value === 0 ? String(Math.round(value)) : value.toFixed(1);
}

/** A share in percent; what is not nothing never reads as such. */
export function share(value: number | null): string {
  if (value === null) return '–';
  const percent = value * 100;
  if (percent > 0 && percent < 0.1) return '<0.1%';
  return `${percent === 0 || percent >= 10 ? Math.round(percent) : percent.toFixed(1)}%`;
}

/** Seconds as `12 ms` or `1.3 s`. */
export function duration(seconds: number | null): string {
  if (seconds === null) return '–';
  return seconds >= 1 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds * 1000)} ms`;
}

/** A color's traffic in words. */
export function trafficText([requests, errors, p99]: Rates): string {
  if (requests === 0) return 'no requests';
  return `${perSecond(requests)} requests/s, ${share(errors)} errors, p99 ${duration(p99)}`;
}

/** A time of day, with its day where that is another one. */
export function clock(time: string | number, now: number): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return 'unknown';
  const sameDay = at.toDateString() === new Date(now).toDateString();
  const day = sameDay ? '' : `${at.toLocaleDateString([], { day: 'numeric', month: 'short' })} `;
  return `${day}${at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })}`;
}
