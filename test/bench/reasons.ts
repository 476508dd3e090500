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
    why: 'the lines below it say where it goes, by the API server’s own counts: two calls, one after the other, where the bare webhook is one; each of them is half as long again, since it comes after conditions and carries both objects back and forth; an eighth of a call is spent in the webhook. The policy, which is what holds when no webhook answers, has a row of its own',
  },
  {
    about: /^added to it: (a promotion|a rollback)/,
    why: 'the lines below it say where it goes, by the own counts of API server and webhook: mostly into looking up the facts, parallel reads of the API server in two steps, each of which costs the processors of both sides. Nothing is kept longer than from one look to the other, so that it is never old',
  },
  {
    about: /Enter to the last answer/,
    why: 'kubectl starts before the plugin does, and Node and HTTPS before its first request: together as much as `kubectl patch` from its start to its end, as the table of CPU times shows. A rollback then sends its patch in its second step, a promotion after two steps of the preflight. What comes after is the same for both: Traefik takes the configuration, and answers under way end',
  },
  {
    about: /^(promote|rollback)( by kubectl)?$/,
    why: 'the start of kubectl, of Node and of HTTPS takes as much CPU time as all of `kubectl patch`, as the table of CPU times shows: before the plugin has sent a request. The rest is two TLS handshakes, the reads of the preflight (of a rollback: the object and the endpoints, in one step), the patch, and the look at production after it',
  },
  {
    about: /^asked directly/,
    why: 'by V8’s profile of the process under 16 connections: a quarter of the time the processor is busy goes into writing to the sockets, which the bare webhook does as well, a fifth into the decision, a sixth into collecting garbage (larger spaces for it change the time by less than a tenth), a twentieth into parsing, and the rest into Node’s HTTP, fastify’s hooks and metrics. Without fastify, prom-client and pino it was 1.2 times as fast in a prototype, still half of bare; with 16 connections one processor does all of it',
  },
  {
    about: /^the executable$/,
    why: 'by the sections of the binary (`size -A`): half of it is read-only data of Node, of which ICU is the largest part, V8’s snapshot and Node’s own sources the next, two fifths are code; the plugin and its compiled code are a sixtieth. What is left can be taken out only by building Node anew',
  },
  {
    about: /^a promotion after more than a minute of silence/,
    why: 'the webhook’s connections to the API server stay open, as a test that counts them shows, and so does that of the API server to the webhook. By the kernel’s count of each process, the webhook needs a third more processor time for the first promotion after the silence, the API server a tenth more, for the same work: code and data have left the processor’s caches. V8 keeps the compiled code (with `--no-flush-bytecode` the count is the same)',
  },
  {
    about: /^process start/,
    why: 'half of it is loading the program and the parts of Node that it uses, a tenth is making the certificate, and the rest are calls of the API server one after the other; on a busy machine each of them waits for the processor',
  },
];
