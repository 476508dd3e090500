/** Why a figure misses its goal, as profiles showed it. Without numbers: those are in the record. */
export const REASONS: readonly { readonly about: RegExp; readonly why: string }[] = [
  {
    about: /^resident memory at rest/,
    why: 'two thirds of it are the pages of Node itself, of which a program of this size and its compilation touch eight MiB more than the bare webhook does; then the heap (14 MiB of living objects, compiled code and source, the bare one has 5), and three MiB more that libraries in C keep',
  },
  {
    about: /^resident memory after/,
    why: 'the bare webhook grows nearly as much, past the goal by itself: what is called often is compiled, and the compilers and their working memory stay resident (without one of them, maglev, it is 9 MiB less, and a sixth slower). After a collection the heap is as small as at rest',
  },
  {
    about: /^added to it: a smoke test is taken back/,
    why: 'the lines below it say where it goes, by the API server’s own counts: two calls, one after the other, where the bare webhook is one; each of them is half as long again, since it comes after conditions and carries both objects back and forth; an eighth of a call is spent in the webhook. Most of the rest is the policy, which is what holds when no webhook answers',
  },
  {
    about: /^added to it: (a promotion|a rollback)/,
    why: 'the lines below it say where it goes, by the own counts of API server and webhook: mostly into looking up the facts, parallel reads of the API server in two steps, each of which costs the processors of both sides. Nothing is kept longer than from one look to the other, so that it is never old',
  },
  {
    about: /Enter to the last answer/,
    why: 'by its own trace (`-v=6`) a promotion is a third start of the program, a tenth finding the release, a fifth the reads of the preflight, and for the rest the patch itself, in which the webhook reads the same once more; `kubectl patch` has no preflight. What comes after is the same for both: Traefik takes the configuration, and answers under way end',
  },
  {
    about: /^(promote|rollback)( by kubectl)?$/,
    why: 'through kubectl, the start of kubectl is a fifth of it and that of the program a quarter, as the rows of the help and of the bare program show; the rest is finding the release, the reads of the preflight, and the patch, in which the webhook reads the same once more',
  },
  {
    about: /^asked directly/,
    why: 'by profiles of both processes (perf, and V8’s own): of what a review takes beyond the bare one, two fifths are the decision (reading the record, comparing, writing it out again), a third is collecting garbage in the small space that the image allows, in threads of its own too, a sixth the kernel, which has to wake a client that a faster server keeps awake, and the rest fastify, metrics and a larger answer. With 16 connections one processor does all of it',
  },
  {
    about: /^process start/,
    why: 'half of it is loading the program and the parts of Node that it uses, a tenth is making the certificate, and the rest are calls of the API server one after the other; on a busy machine each of them waits for the processor',
  },
];
