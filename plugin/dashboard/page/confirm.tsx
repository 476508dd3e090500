import { useEffect, useRef, useState } from 'preact/hooks';
import { act } from './connection.ts';
import { ColorMark, CommandLine, Lines } from './parts.tsx';
import type { ActionResult, Offer, ReleaseView } from '../view.ts';

/** What the user is about to do. */
export interface Intent {
  readonly view: ReleaseView;
  readonly offer: Offer;
}

const TITLES: Readonly<Record<Offer['verb'], string>> = {
  promote: 'Promote',
  rollback: 'Roll back',
  freeze: 'Freeze',
  unfreeze: 'Unfreeze',
};

/** Asks before a command is run, and shows how it ended. */
export function Confirm({ intent, close }: { readonly intent: Intent; readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [running, setRunning] = useState(false);
  const [result, setResult] = useState<ActionResult | null>(null);
  const [reason, setReason] = useState('');
  useEffect(() => dialog.current?.showModal(), []);
  const { view, offer } = intent;
  const { namespace, name } = view.status.resource;
  const open = result === null && offer.possible;
  async function run(): Promise<void> {
    setRunning(true);
    setResult(await act({ id: view.id, verb: offer.verb, from: view.status.active, to: offer.to, reason }));
    setRunning(false);
  }
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="confirm-title">
      <h2 id="confirm-title">
        {TITLES[offer.verb]} {namespace}/{name}
      </h2>
      {result === null ? (
        <Question intent={intent} reason={reason} setReason={setReason} />
      ) : (
        <Result result={result} />
      )}
      <p class="buttons">
        {open ? (
          <button
            type="button"
            class={offer.verb === 'rollback' ? 'rollback' : 'promote'}
            disabled={running || (offer.verb === 'freeze' && reason.trim() === '')}
            onClick={() => void run()}
          >
            {running ? 'Running …' : `${TITLES[offer.verb]} now`}
          </button>
        ) : null}
        <button type="button" class="plain" onClick={() => dialog.current?.close()}>
          {open ? 'Cancel' : 'Close'}
        </button>
      </p>
    </dialog>
  );
}

interface QuestionProps {
  readonly intent: Intent;
  readonly reason: string;
  readonly setReason: (reason: string) => void;
}

function Question({ intent: { view, offer }, reason, setReason }: QuestionProps) {
  const { status, versions } = view;
  return (
    <>
      {offer.to === null || status.active === null ? null : (
        <p class="move">
          Production goes from <ColorMark color={status.active} version={versions[status.active]} /> to{' '}
          <ColorMark color={offer.to} version={versions[offer.to]} />
        </p>
      )}
      {offer.verb === 'freeze' ? (
        <label>
          Reason, which denied promotions show{' '}
          <input value={reason} onInput={({ currentTarget }) => setReason(currentTarget.value)} />
        </label>
      ) : null}
      {offer.possible ? null : <p class="denied">This would be denied now:</p>}
      <Lines lines={offer.reasons} />
      <p class="dim">The same from a terminal:</p>
      <CommandLine command={offer.command} />
    </>
  );
}

function Result({ result }: { readonly result: ActionResult }) {
  const done = result.code === 0;
  return (
    <div role="status">
      <p class={done ? 'done' : 'denied'}>{done ? 'Done.' : `Failed with exit code ${result.code}.`}</p>
      <pre tabIndex={0}>{`$ ${result.command}\n${result.output}`}</pre>
    </div>
  );
}
