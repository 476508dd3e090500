import { startCluster } from '../cluster/index.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { load } from './program.ts';
import type { Program } from './program.ts';
import { postReview, scaleReview } from './reviews.ts';
import { summarize } from './statistics.ts';
import { createLauncher } from './webhook.ts';

const REVIEWS = 200_000;
/** How often memory is looked at on the way; also without a given number of rounds. */
const LOOKS = 20;
const UNIT = 'MiB';

/** As an API server sends them: mostly edits that move no traffic, some denials, some that need look-ups. */
const MIX = [
  { share: 0.85, request: postReview() },
  { share: 0.1, request: postReview({ weights: [30, 60] }) },
  { share: 0.03, request: postReview({ weights: [100, 0] }) },
  { share: 0.02, request: scaleReview('default') },
];

/** Memory while reviews go on and on: a curve that becomes flat. Look-ups go to a real API server. */
export const memory: Benchmark = {
  run: async ({ say, rounds = LOOKS }) => {
    say(`booting a cluster; then ${LOOKS} times ${((REVIEWS / LOOKS) * rounds) / LOOKS} reviews`);
    const cluster = await startCluster();
    try {
      const launcher = await createLauncher(cluster);
      const reviews = (REVIEWS * rounds) / LOOKS;
      const subject = await curve(await launcher.webhook({ BLUEGREEN_LOG_LEVEL: 'error' }), reviews);
      const reference = await curve(await launcher.bare(), reviews);
      return [...subject.map((resident, look) => point(look, reviews, resident, reference[look] ?? 0)), flat(subject)];
    } finally {
      await cluster.stop();
    }
  },
};

/** Resident memory at the start and after each part of the reviews. */
async function curve(program: Program, reviews: number): Promise<readonly number[]> {
  const seen = [program.memory().resident];
  try {
    for (let look = 1; look <= LOOKS; look += 1) {
      await Promise.all(MIX.map(({ share, request }) => load(program, Math.ceil((reviews * share) / LOOKS), request)));
      seen.push(program.memory().resident);
    }
  } finally {
    await program.stop();
  }
  return seen;
}

function point(look: number, reviews: number, resident: number, bare: number): Figure {
  const x = Math.round((reviews * look) / LOOKS);
  return {
    what: `resident memory after ${x.toLocaleString('en')} reviews`,
    subject: summarize([resident]),
    against: 'the bare webhook',
    reference: summarize([bare]),
    goal: null,
    unit: UNIT,
    point: { curve: 'resident memory', axis: 'reviews', x },
  };
}

/** Caches and the young generation have their size by half of it. */
function flat(resident: readonly number[]): Figure {
  const quarter = Math.floor(LOOKS / 4);
  return {
    what: 'resident memory, last quarter of the reviews',
    subject: summarize(resident.slice(-quarter)),
    against: 'the quarter before it',
    reference: summarize(resident.slice(-2 * quarter, -quarter)),
    goal: 1.05,
    unit: UNIT,
  };
}
