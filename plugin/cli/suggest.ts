/** Words of kubectl, Argo Rollouts and earlier versions, and the commands for them here. */
const OTHER_WORDS: Readonly<Record<string, readonly string[]>> = {
  undo: ['rollback'],
  abort: ['rollback'],
  revert: ['rollback'],
  back: ['rollback'],
  get: ['list', 'status'],
  ls: ['list'],
  show: ['status'],
  describe: ['status'],
  info: ['status'],
  switch: ['promote'],
  cutover: ['promote'],
  resume: ['unfreeze'],
  unpause: ['unfreeze'],
  pause: ['freeze'],
  lock: ['freeze'],
  unlock: ['unfreeze'],
  log: ['logs'],
  retry: ['release'],
  check: ['doctor', 'lint'],
  validate: ['lint'],
  forward: ['port-forward'],
  portforward: ['port-forward'],
  open: ['port-forward'],
  preview: ['port-forward'],
  rollout: ['status'],
  delete: ['unguard'],
  retire: ['unguard'],
  watch: ['analyze', 'status'],
  monitor: ['analyze'],
  analysis: ['analyze'],
  cleanup: ['decommission'],
  scaledown: ['decommission'],
  test: ['smoke'],
  verify: ['smoke'],
  ship: ['release'],
  upgrade: ['release', 'deploy'],
  set: ['deploy'],
  help: ['--help'],
};

const MAX_DISTANCE = 2;

/** Commands that someone who typed `word` may have meant, best first. */
export function suggest(word: string, names: readonly string[]): readonly string[] {
  const translated = (OTHER_WORDS[word.toLowerCase()] ?? []).filter((name) => names.includes(name));
  const near = names
    .map((name) => ({ name, distance: distance(word.toLowerCase(), name) }))
    .filter(({ name, distance: d }) => d <= Math.min(MAX_DISTANCE, name.length - 2) || name.startsWith(word))
    .sort((a, b) => a.distance - b.distance)
    .map(({ name }) => name);
  return [...new Set([...translated, ...near])];
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
