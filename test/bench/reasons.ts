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
    why: 'measured part by part: the policy in the API server takes two fifths (a profile of the API server shows a quarter of its time in CEL), and two entries are called one after the other, each with both objects; the bare webhook is one call without a condition',
  },
  {
    about: /^added to it: (a promotion|a rollback)/,
    why: 'policy and calls as for any other change, and then twelve requests of the API server, four of them one after the other: Service, pods, ReplicaSet, Deployment; nothing is kept longer than from one look to the other, so that it is never old',
  },
  {
    about: /Enter to the last answer/,
    why: '`kubectl patch` of the same switch comes near the goal by itself here, where two cores are the cluster, Traefik and all of its clients; the command adds what the table of the plugin shows: the start of a larger program, and the reads before it switches',
  },
  {
    about: /^asked directly/,
    why: 'measured by leaving parts out: fastify, metrics and log take a tenth more of the processor than the bare webhook; the rest is the decision, which reads both objects and their record anew each time and caches nothing. With 16 connections one processor does all of it',
  },
  {
    about: /^process start/,
    why: 'half of it is loading the program and the parts of Node that it uses, a tenth is making the certificate, and the rest are calls of the API server one after the other; on a busy machine each of them waits for the processor',
  },
];
