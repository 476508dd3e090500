/** Bytes and milliseconds. */
export interface Limits {
  /** An update carries two objects of up to 3 MiB each. */
  readonly body: number;
  /** Values in a body: more than two objects can have that etcd stores. Each takes some 60 bytes once it is parsed. */
  readonly values: number;
  /** Bodies that are arriving or looked at, together. */
  readonly bodies: number;
  /** The API server keeps idle connections for 90 s and must be the one that closes them. */
  readonly keepAlive: number;
  /** For the headers, and for the whole of a request: the API server waits 3 s at most for an answer. */
  readonly headers: number;
  readonly request: number;
  readonly handshake: number;
  /** Of all peers together; each takes some 80 KiB. */
  readonly connections: number;
}

const MIB = 1024 * 1024;

export const LIMITS: Limits = {
  body: 7 * MIB,
  values: 1_100_000,
  bodies: 12 * MIB,
  keepAlive: 120_000,
  headers: 3000,
  request: 4000,
  handshake: 4000,
  connections: 600,
};
