import type { During } from './terminal.ts';

/** What a person types, in order, chapter by chapter; each chapter is one golden file. */
export interface Chapter {
  readonly name: string;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly line: string;
  /** What is done meanwhile; then the line is interrupted. */
  readonly during?: During;
}

function b(words: string, during?: During): Step {
  return {
    line: `kubectl bluegreen ${words}`,
    ...(during === undefined ? {} : { during }),
  };
}
function sh(line: string): Step {
  return { line };
}

const ATTEST = 'kubectl annotate --overwrite traefikservice.traefik.io/bluegreen-wrr bluegreen.dev/smoke-test=passed:';

/** The session. `other` does something behind the person's back, in another shell. */
export function chapters(
  hashes: { readonly green: string },
  other: (...args: readonly string[]) => Promise<unknown>,
): readonly Chapter[] {
  const promotedElsewhere: During = {
    until: /blue +active.* 0\.0 /,
    act: () => other('bluegreen', 'promote', '-n', 'demo-bluegreen'),
    next: /green +active/,
    redraws: true,
  };
  return [
    {
      name: 'help',
      steps: [
        b('--help'),
        b('help promote'),
        b('rollback -h'),
        b('status --help'),
        b('lint --help'),
        b('options'),
        b('version'),
        b('version -o json'),
      ],
    },
    {
      name: 'wrong-words',
      steps: [
        b('undo'),
        b('abort'),
        b('get'),
        b('promot'),
        b('nonsense'),
        b('promote --dry-rn'),
        b('promote --dry-run=maybe'),
        b('promote --to red'),
        b('status -o xml'),
        b('status one two'),
        b('status Nope_'),
        b('status deployment/blue'),
        b('status nope'),
        b('status -n nowhere'),
        b('status --context nowhere'),
        b('status --as nobody'),
        b('status -s https://127.0.0.1:1'),
        b('lint'),
        b('init shop'),
      ],
    },
    {
      name: 'look',
      steps: [
        b('list'),
        b('list -A -o wide'),
        b('list -o name'),
        b(`list -o jsonpath='{range .items[*]}{.metadata.name}{"\\n"}{end}'`),
        b('list -o json | head -n 3'),
        b('list -n default'),
        b('status'),
        b('status -o wide'),
        b('status traefikservice.traefik.io/bluegreen-wrr -o name'),
        b(`status -o jsonpath='{.active}{"\\n"}'`),
        b(`status -o jsonpath='{.colors[?(@.role=="preview")].images[*]}{"\\n"}'`),
        b('status -o yaml'),
        b('history'),
      ],
    },
    {
      name: 'promote',
      steps: [
        b('promote'),
        sh(`${ATTEST}6.1.6`),
        b('status'),
        b('promote --dry-run'),
        b('promote --dry-run=server'),
        b(`promote --dry-run=client -o jsonpath='{.spec.weighted.services[*].weight}{"\\n"}'`),
        b('promote --wait'),
        b('status'),
        b('promote'),
        b('promote --to green'),
        b('list'),
      ],
    },
    {
      name: 'rollback',
      steps: [
        b('rollback --dry-run=server'),
        b('rollback --wait'),
        b('status'),
        b('rollback'),
        b('history'),
        b('history -o wide'),
      ],
    },
    {
      name: 'freeze',
      steps: [
        b(`freeze --reason 'weekend, call Alice'`),
        b('status'),
        b('list'),
        b('promote'),
        b('unfreeze'),
        b('unfreeze'),
      ],
    },
    {
      name: 'watch',
      steps: [
        sh(`${ATTEST}${hashes.green}`),
        b('status -w', promotedElsewhere),
        sh('echo $?'),
        b('list -w', { until: /bluegreen-wrr +green/, redraws: true }),
        b('rollback bluegreen-wrr'),
      ],
    },
    {
      name: 'logs-and-port-forward',
      steps: [
        b('logs --tail 1'),
        b('logs --color preview --tail 1'),
        b('logs -f --tail 1', { until: /\[blue[^]*\[blue/ }),
        b('logs --color red'),
        b('port-forward', { until: /Forwarding/ }),
      ],
    },
    {
      name: 'lint',
      steps: [
        b('lint -f sum-90.yaml'),
        b('lint -f no-weights.yaml'),
        b('lint -f none.yaml'),
        b('init shop --image ghcr.io/acme/shop:1.0 --host shop.example.com -n demo | kubectl bluegreen lint -f -'),
        b(`lint -f sum-90.yaml -o json | head -n 12`),
      ],
    },
    { name: 'doctor', steps: [b('doctor'), b('doctor -n nowhere'), b('doctor -o json | head -n 8')] },
    {
      name: 'completion',
      steps: [
        b('completion'),
        sh('kubectl bluegreen completion > $BIN/kubectl_complete-bluegreen; chmod +x $BIN/kubectl_complete-bluegreen'),
        sh('kubectl __complete bluegreen pro 2>/dev/null'),
        sh(`kubectl __complete bluegreen status '' 2>/dev/null`),
        sh(`kubectl __complete bluegreen list -n demo 2>/dev/null`),
      ],
    },
    {
      name: 'unguard',
      steps: [
        b(`unguard bluegreen-wrr --reason 'replaced by cart'`),
        b('status'),
        b('doctor 2>/dev/null | tail -n 6'),
        b('unguard bluegreen-wrr --undo'),
      ],
    },
  ];
}
