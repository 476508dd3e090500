import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { ImageSpec } from '../../images/image.ts';
import { endpointsFollow } from './endpoints.ts';
import { makeKube, privateCaches } from './kube.ts';
import { until } from './node/api.ts';
import type { Api } from './node/api.ts';
import { SERVER, writeCertificates } from './node/certificates.ts';
import { addresses, kubeconfig, writeNode } from './node/config.ts';
import type { Component, Parts, Programs } from './node/config.ts';
import { REGISTRY } from './node/names.ts';
import { hostPid } from './node/pids.ts';
import { apiServerReady, nodeReady, serviceAccountReady } from './node/ready.ts';
import { Supervisor } from './node/supervisor.ts';
import { imageLoader, layersOf, pauseSpec } from './images.ts';
import type { ImageLoader } from './images.ts';
import type { Target } from './target.ts';
import { toolFile } from './tools/cache.ts';
import { clientProgram, toolOf, versions } from './versions.ts';
import { Problem } from '../../scripts/lib/problem.ts';

export interface ClusterOptions {
  /** Takes the place of single programs, for tests of what happens without them. */
  readonly programs?: Partial<Programs>;
  /** Images to import while it boots, beside the pause image. */
  readonly images?: readonly ImageSpec[];
  /** The API server's audit policy (audit.k8s.io/v1): what it selects is in the log `audit`, one JSON line a request. */
  readonly audit?: object;
  /** Whether the API server serves MutatingAdmissionPolicies, as it does by default from Kubernetes 1.36 on; true unless given. */
  readonly mutatingPolicies?: boolean;
  /** Whether the types in expressions of policies are checked, as they are by default; false unless given. */
  readonly typeChecks?: boolean;
  /**
   * The API server's configuration of admission: files by name, in a folder of the node. `admission.yaml` is its
   * `--admission-control-config-file`.
   */
  readonly admission?: (folder: string) => Readonly<Record<string, string>>;
  /** Called with what is happening and when, in milliseconds since the start. */
  readonly progress?: (step: string, ms: number) => void;
  /** Called once if the cluster ends or loses a component that nobody stopped. Its message goes to standard error otherwise. */
  readonly onFailure?: (problem: Problem) => void;
}

/** A Kubernetes cluster of one node, in namespaces of its own; gone with this process, however it ends. */
export type Cluster = Target & {
  readonly slot: number;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Folder of everything the cluster writes; logs are in its `log`. */
  readonly dir: string;
  /** A folder with kubectl and helm, first on the PATH of `env`; tests may put plugins there. */
  readonly binDir: string;
  readonly api: Api;
  /** Imports an image archive (docker or OCI) into the node. */
  loadImage(path: string): Promise<void>;
  /** Layers of the node, and content and names of its images, for processes that share it. */
  loadedImages(): readonly string[];
  /** The host's process id of a component. */
  componentPid(name: Component): Promise<number>;
  /** Sends STOP, CONT or HUP to a component; STOP makes it hang until CONT. */
  signal(name: Component, signal: 'STOP' | 'CONT' | 'HUP'): void;
  /** Ends a component (KILL unless told otherwise) and waits until it is gone. The cluster goes on without it. */
  kill(name: Component, signal?: 'KILL' | 'TERM'): Promise<void>;
  /** Starts a component that was killed; the API server is waited for. */
  start(name: Component): Promise<void>;
  /** What a component logged so far; `audit` is the API server's audit log. */
  log(name: Component | 'audit'): string;
  /** Ends the cluster; resolves when no process, mount, interface, cgroup or folder of it is left. */
  stop(): Promise<void>;
};

/** The id of the tool with a program of the node: etcd and CoreDNS are the newest ones under every Kubernetes. */
function toolWith(name: keyof Programs): string {
  if (name === 'coredns') return 'coredns';
  return name === 'etcd' ? 'kubernetes' : toolOf('kubernetes', versions().kubernetes).id;
}

function defaultPrograms(given: Partial<Programs>): Programs {
  function of(name: keyof Programs): string {
    return given[name] ?? toolFile(toolWith(name), name);
  }
  return {
    etcd: of('etcd'),
    'kube-apiserver': of('kube-apiserver'),
    'kube-controller-manager': of('kube-controller-manager'),
    'kube-scheduler': of('kube-scheduler'),
    'kube-proxy': of('kube-proxy'),
    kubelet: of('kubelet'),
    coredns: of('coredns'),
  };
}

function checkHost(): void {
  const fix = 'Use a cluster of your own: npm run cluster -- --context NAME --registry HOST/PATH';
  if (process.platform !== 'linux') {
    throw new Problem(`The test cluster needs Linux; this is ${process.platform}. ${fix}`);
  }
  if (process.getuid?.() !== 0) {
    throw new Problem(`The test cluster needs root (namespaces, mounts, network). Run it as root. ${fix}`);
  }
}

function makeBinDir(dir: string): void {
  const folder = join(dir, 'bin');
  mkdirSync(folder);
  symlinkSync(clientProgram('kubectl'), join(folder, 'kubectl'));
  symlinkSync(clientProgram('helm'), join(folder, 'helm'));
}

const FOLLOW_MS = 60_000;

interface Place {
  readonly slot: number;
  readonly dir: string;
  readonly api: Api;
  /** Path of an administrator's kubeconfig. */
  readonly kubeconfig: string;
}

/** What is known of a cluster by its place alone, whichever process booted it. */
export function clusterHandle({ slot, dir, api, kubeconfig: admin }: Place, check: () => void = () => {}) {
  const binDir = join(dir, 'bin');
  const env = {
    ...privateCaches(dir),
    KUBECONFIG: admin,
    PATH: [binDir, process.env['PATH'] ?? ''].join(delimiter),
  };
  async function settled(namespace: string): Promise<void> {
    if (!(await until(() => endpointsFollow(api, namespace), FOLLOW_MS)))
      throw new Problem(
        `The EndpointSlices in namespace ${namespace} do not follow its pods after ${FOLLOW_MS / 1000} s.`,
      );
  }
  return {
    ...makeKube({ kubectl: join(binDir, 'kubectl'), helm: join(binDir, 'helm'), env, check, settled }),
    slot,
    kubeconfig: admin,
    dir,
    ip: api.ip,
    binDir,
    api,
    registry: REGISTRY,
    disposable: true,
    componentPid: (name: Component) => hostPid(dir, name),
    log: (name: Component | 'audit') => readFileSync(join(dir, 'log', `${name}.log`), 'utf8'),
  };
}

function reportFailure({ message }: Problem): void {
  void process.stderr.write(`${message}\n`);
}

/**
 * Boots a cluster. Several can run at once, in different processes too.
 * Throws a Problem that names the component that failed, with its last words, and leaves nothing behind.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  checkHost();
  const started = Date.now();
  function progress(step: string): void {
    options.progress?.(step, Date.now() - started);
  }
  const programs = defaultPrograms(options.programs ?? {});
  const { audit, admission, mutatingPolicies = true, typeChecks = false } = options;
  const parts: Parts = {
    programs,
    kubernetes: versions().kubernetes,
    mutatingPolicies,
    typeChecks,
    ...(audit === undefined ? {} : { audit }),
    ...(admission === undefined ? {} : { admission }),
  };
  const dir = mkdtempSync(join(tmpdir(), 'bluegreen-cluster-'));
  mkdirSync(join(dir, 'log'));
  writeFileSync(join(dir, 'resolv.conf'), '');
  const supervisor = new Supervisor(dir, options.onFailure ?? reportFailure);
  try {
    return await boot({ supervisor, parts, images: options.images ?? [], progress });
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

interface Boot {
  readonly supervisor: Supervisor;
  readonly parts: Parts;
  readonly images: readonly ImageSpec[];
  readonly progress: (step: string) => void;
}

async function boot({ supervisor, parts, images, progress }: Boot): Promise<Cluster> {
  const { dir } = supervisor;
  const isolated = supervisor.event('ready');
  const slot = Number(await supervisor.event('slot'));
  const { ip, service } = addresses(slot);
  const token = writeNode(dir, slot, parts);
  const authority = join(dir, SERVER.certificate);
  const api: Api = { ip, authority, token };
  await Promise.all([isolated, writeCertificates(dir, ['127.0.0.1', ip, service])]);
  progress(`isolated in slot ${slot}`);
  await Promise.all((['etcd', 'kube-apiserver'] as const).map((name) => supervisor.start(name)));
  const specs = [pauseSpec(), ...images];
  async function startContainerd(): Promise<ImageLoader> {
    const layers = await layersOf(specs);
    if (layers !== null) await supervisor.place(layers.folder);
    await supervisor.start('containerd');
    return imageLoader((id, path) => supervisor.import(id, path), layers?.digests);
  }
  const loading = startContainerd();
  const imported = loading.then((loader) => loader.provide(specs)).then(() => progress('images'));
  async function up(): Promise<void> {
    await Promise.all([apiServerReady(supervisor, api), loading]);
    progress('API server');
    const rest = ['kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'coredns', 'kubelet'];
    await Promise.all(rest.map((name) => supervisor.start(name)));
    await Promise.all([nodeReady(supervisor, api), serviceAccountReady(supervisor, api)]);
    progress('node');
  }
  await Promise.all([up(), imported]);
  const data = { 'certificate-authority-data': readFileSync(authority).toString('base64') };
  const admin = join(dir, 'kubeconfig');
  writeFileSync(admin, kubeconfig(ip, data, token), { mode: 0o600 });
  makeBinDir(dir);
  return {
    ...clusterHandle({ slot, dir, api, kubeconfig: admin }, () => supervisor.check()),
    ...(await loading),
    signal: (name, signal) => supervisor.signal(name, signal),
    kill: (name, signal = 'KILL') => supervisor.kill(name, signal),
    start: async (name) => {
      await supervisor.start(name);
      if (name === 'kube-apiserver') {
        await apiServerReady(supervisor, api);
      }
    },
    stop: () => supervisor.stop(),
  };
}
