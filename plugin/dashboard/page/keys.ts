/** Moves by keyboard: `/` searches, `j` and `k` or the arrows go through the list, Escape goes back to it. */
export function press(event: KeyboardEvent, inRelease: boolean): void {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]') !== null) return;
  const { target, key } = event;
  const typing = target instanceof HTMLInputElement;
  if (key === 'Escape') {
    if (typing) target.blur();
    else if (inRelease) location.hash = '#/';
    return;
  }
  if (inRelease || target instanceof HTMLSelectElement) return;
  if (key === '/' && !typing) {
    event.preventDefault();
    document.querySelector<HTMLInputElement>('#search')?.focus();
    return;
  }
  const step = STEPS[key] ?? (typing ? 0 : (LETTERS[key] ?? 0));
  if (step !== 0 && move(step)) event.preventDefault();
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
const LETTERS: Readonly<Record<string, number>> = { j: 1, k: -1 };

/** Focuses the next release of the list; whether there is one. */
function move(step: number): boolean {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('.row h2 a')];
  const here = links.findIndex((link) => link === document.activeElement);
  const next = links[Math.max(0, Math.min(links.length - 1, here + step))];
  next?.focus();
  return next !== undefined;
}
