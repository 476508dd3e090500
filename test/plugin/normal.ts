/**
 * A screen without what differs from run to run: times, ages, pods and addresses. Widths stay wherever columns or line
 * breaks depend on them.
 */
export function normal(screen: string, hashes: Readonly<Record<string, string>>): string {
  let text = screen;
  for (const [color, hash] of Object.entries(hashes)) {
    text = text.replaceAll(hash, color.padEnd(hash.length, '0'));
  }
  return text
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '2026-03-01T12:00:00Z')
    .replace(/\b(?:\d+m\d+s|\d+[ms])$/gm, '5s')
    .replace(/(?<=passed\(|\bfor )(?:\d+m\d+s|\d+[ms])(?=\)|,)/g, '5s')
    .replace(/(?<=after )[\d.]+s/g, '0.5s')
    .replace(/(?<=-(?:blue|green)0+-)[a-z0-9]{5}\b|(?<=\b(?:blue|green)-(?:blue|green)0+-)[a-z0-9]{5}\b/g, 'xxxxx')
    .replace(/\btraefik-[a-z0-9]{8,10}-[a-z0-9]{5}\b/g, 'traefik-0000000000-xxxxx')
    .replace(/\b10\.\d+\.\d+\.\d+\b/g, '10.0.0.2')
    .replace(/(?<=127\.0\.0\.1:)\d{4,5}\b/g, '40000')
    .replace(/\b\d{4} days/g, '3649 days');
}
