/** Why a figure misses its goal, as profiles showed it. Without numbers: those are in the record. */
export const REASONS: readonly { readonly about: RegExp; readonly why: string }[] = [
  {
    about: /^resident memory at rest/,
    why: 'two thirds of it are the pages of Node itself, of which a program of this size and its compilation touch eight MiB more than the bare webhook does; then the heap (14 MiB of living objects, compiled code and source, the bare one has 5), and three MiB more that libraries in C keep',
  },
  {
    about: /^resident memory after/,
    why: 'the bare webhook grows as much: code that is called often is compiled again and again, by compilers whose pages and working memory stay resident; the heap is as small as at rest after a collection',
  },
  {
    about: /^asked directly/,
    why: 'a processor profile shows the TLS write, which the bare webhook has too, first; then the decision (about a sixth), reading JSON (a twentieth, as in the bare one), and fastify with its hooks (less than a tenth)',
  },
  {
    about: /^process start/,
    why: 'half of it is loading the program and the parts of Node that it uses, a tenth is making the certificate, and the rest are calls of the API server one after the other; on a busy machine each of them waits for the processor',
  },
];
