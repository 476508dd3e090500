import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { ColorName, Offer, Rank, ReleaseView } from '../view.ts';

/** A color by its shape, its word and its color: one of them is enough. */
export function ColorMark({ color, version }: { readonly color: ColorName; readonly version?: string }) {
  return (
    <span class={`mark ${color}`}>
      <svg viewBox="0 0 10 10" aria-hidden="true">
        {color === 'blue' ? <circle cx="5" cy="5" r="4" /> : <path d="M5 .5 9.5 5 5 9.5.5 5z" />}
      </svg>
      {color}
      {version === undefined ? null : <b> {version}</b>}
    </span>
  );
}

const SIGNS: Readonly<Record<Rank, string>> = {
  down: '✕',
  split: '⇄',
  untested: '!',
  attention: '!',
  frozen: '❄',
  ready: '▲',
  calm: '✓',
};

/** What matters most about a release: a word and a sentence. */
export function Sentence({ view }: { readonly view: ReleaseView }) {
  return (
    <p class={`sentence ${view.rank}`}>
      <span class="sign" aria-hidden="true">
        {SIGNS[view.rank]}
      </span>{' '}
      {view.word === '' ? null : <strong>{view.word}</strong>} {view.sentence}
    </p>
  );
}

/** Milliseconds for which a button tells that it has copied. */
const COPIED = 1500;

/** A command line with a button that copies it. */
export function CommandLine({ command }: { readonly command: string }) {
  const [copied, setCopied] = useState(false);
  async function copy(): Promise<void> {
    await navigator.clipboard.writeText(command);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED);
  }
  return (
    <span class="command">
      <code tabIndex={0}>{command}</code>
      <button type="button" class="copy" onClick={() => void copy()} aria-label={`Copy: ${command}`}>
        {copied ? 'copied' : 'copy'}
      </button>
    </span>
  );
}

interface OfferProps {
  readonly offer: Offer;
  /** Its class. */
  readonly look: string;
  readonly begin: (offer: Offer) => void;
  readonly children: ComponentChildren;
}

/** A button that begins a command; one that cannot be done now shows why when it is pressed. */
export function OfferButton({ offer, look, begin, children }: OfferProps) {
  return (
    <button type="button" class={`${look}${offer.possible ? '' : ' unable'}`} onClick={() => begin(offer)}>
      {children}
    </button>
  );
}

/** Lines of text, such as reasons. */
export function Lines({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ul class="lines">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
