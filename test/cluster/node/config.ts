import { randomBytes, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../../scripts/lib/problem.ts';
import { KUBELET_CLIENT, SERVER } from './certificates.ts';
import { containerdToml, kubeletConfig, networkConfig, proxyConfig } from './files.ts';
import { NODE_NAME, PAUSE_IMAGE } from './names.ts';

/** Absolute paths of the programs that make up a node. */
export interface Programs {
  readonly etcd: string;
  readonly 'kube-apiserver': string;
  readonly 'kube-controller-manager': string;
  readonly 'kube-scheduler': string;
  readonly 'kube-proxy': string;
  readonly kubelet: string;
  readonly coredns: string;
}

/** What a node is made of. */
export interface Parts {
  readonly programs: Programs;
  /** The API server's audit policy; without one it writes no audit log. */
  readonly audit?: object;
  /** Files of the API server's admission configuration, in that folder. */
  readonly admission?: (folder: string) => Readonly<Record<string, string>>;
  /** The minor version of the programs. */
  readonly kubernetes: string;
  /** Whether the API server serves MutatingAdmissionPolicies, as it does by default where it knows them. */
  readonly mutatingPolicies: boolean;
  /** Whether the controller manager checks the types in expressions of policies. */
  readonly typeChecks: boolean;
}

export type Component = keyof Programs | 'containerd';

/** The addresses of the node in slot N. */
export function addresses(slot: number) {
  const net = `10.${100 + slot}`;
  return {
    ip: `${net}.0.2`,
    pods: `${net}.1.0/24`,
    /** A thousand: the Services of a file are deleted while the next one creates its own. */
    services: `${net}.4.0/22`,
    /** The API server's own Service. */
    service: `${net}.4.1`,
    cgroup: `bluegreen${slot}`,
  };
}

const AUDIT_POLICY = 'audit-policy.json';
const CNI_FOLDERS = ['/usr/lib/cni', '/opt/cni/bin'];
const ETCD = 'http://127.0.0.1:2379';
const ETCD_PEERS = 'http://127.0.0.1:2380';

// User, groups and kubeconfig file of each client of the API server.
const CLIENTS = [
  ['admin', 'admin', 'system:masters'],
  ['kube-controller-manager', 'system:kube-controller-manager', ''],
  ['kube-scheduler', 'system:kube-scheduler', ''],
  ['kube-proxy', 'system:kube-proxy', ''],
  ['kubelet', `system:node:${NODE_NAME}`, 'system:nodes'],
  ['coredns', 'coredns', 'system:masters'],
] as const;

/** A kubeconfig for one token; the certificate authority is a file's path or its content in base64. */
export function kubeconfig(ip: string, authority: Record<string, string>, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'bluegreen',
    clusters: [{ name: 'bluegreen', cluster: { server: `https://${ip}:6443`, ...authority } }],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'bluegreen', context: { cluster: 'bluegreen', user: 'user' } }],
  });
}

function shellWord(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function writeKeys(dir: string): void {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(join(dir, 'pki', 'sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(dir, 'pki', 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
}

function writeClients(dir: string, ip: string): string {
  const tokens = CLIENTS.map(([name, user, groups]) => ({
    name,
    user,
    groups,
    token: randomBytes(24).toString('hex'),
  }));
  const rows = tokens.map(({ name, user, groups, token }) => `${token},${user},${name},"${groups}"`);
  writeFileSync(join(dir, 'pki', 'tokens.csv'), `${rows.join('\n')}\n`, { mode: 0o600 });
  for (const { name, token } of tokens) {
    const authority = { 'certificate-authority': join(dir, SERVER.certificate) };
    writeFileSync(join(dir, `${name}.kubeconfig`), kubeconfig(ip, authority, token), { mode: 0o600 });
  }
  return tokens[0]?.token ?? '';
}

/** Requests that a policy selects, one JSON line each, in the node's log folder. */
function auditFlags(dir: string): string[] {
  return [`--audit-policy-file=${join(dir, AUDIT_POLICY)}`, `--audit-log-path=${join(dir, 'log', 'audit.log')}`];
}

/** Knows no MutatingAdmissionPolicy, not even as a feature to turn off. */
const OLDEST = '1.30';

/** What is served before Kubernetes 1.36. */
const NO_MUTATING_POLICIES = [
  '--feature-gates=MutatingAdmissionPolicy=false',
  `--runtime-config=${['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'].map((kind) => `admissionregistration.k8s.io/v1/${kind}=false`).join(',')}`,
];

/** It computes for half a second after each installation of the chart, and writes nothing but the policies' status. */
const NO_TYPE_CHECKS = '--controllers=*,-validatingadmissionpolicy-status-controller';

/** For each component: Go collects garbage rarely, which costs some memory instead of a tenth of the time. */
const SPARE_COLLECTIONS = ['env', 'GOGC=1000', 'GOMEMLIMIT=1GiB'];
/**
 * For all but the API server: hundreds of timers and watches wake them, and for each Go would wake a second thread to look
 * for more to do.
 */
const ONE_THREAD = 'GOMAXPROCS=1';

function commandLines(
  dir: string,
  slot: number,
  { programs, kubernetes, audit, admission, mutatingPolicies, typeChecks }: Parts,
): Record<Component, string[]> {
  const { ip, services } = addresses(slot);
  function at(name: string): string {
    return join(dir, name);
  }
  const serving = [`--tls-cert-file=${at(SERVER.certificate)}`, `--tls-private-key-file=${at(SERVER.key)}`];
  return {
    containerd: ['containerd', '-c', at('containerd.toml')],
    etcd: [
      programs.etcd,
      `--data-dir=${at('etcd')}`,
      `--listen-client-urls=${ETCD}`,
      `--advertise-client-urls=${ETCD}`,
      `--listen-peer-urls=${ETCD_PEERS}`,
      `--initial-advertise-peer-urls=${ETCD_PEERS}`,
      `--initial-cluster=default=${ETCD_PEERS}`,
      '--unsafe-no-fsync',
    ],
    'kube-apiserver': [
      programs['kube-apiserver'],
      `--etcd-servers=${ETCD}`,
      ...serving,
      '--secure-port=6443',
      '--bind-address=0.0.0.0',
      `--advertise-address=${ip}`,
      `--service-cluster-ip-range=${services}`,
      `--service-account-key-file=${at('pki/sa.pub')}`,
      `--service-account-signing-key-file=${at('pki/sa.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--token-auth-file=${at('pki/tokens.csv')}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--allow-privileged',
      '--kubelet-preferred-address-types=InternalIP',
      `--kubelet-client-certificate=${at(KUBELET_CLIENT.certificate)}`,
      `--kubelet-client-key=${at(KUBELET_CLIENT.key)}`,
      ...(audit === undefined ? [] : auditFlags(dir)),
      ...(admission === undefined ? [] : [`--admission-control-config-file=${at('admission/admission.yaml')}`]),
      ...(mutatingPolicies || kubernetes === OLDEST ? [] : NO_MUTATING_POLICIES),
    ],
    // The default limits delay the first service account, and with it the first pod, by seconds.
    'kube-controller-manager': [
      programs['kube-controller-manager'],
      `--kubeconfig=${at('kube-controller-manager.kubeconfig')}`,
      '--leader-elect=false',
      '--use-service-account-credentials',
      '--kube-api-qps=500',
      '--kube-api-burst=1000',
      ...(typeChecks ? [] : [NO_TYPE_CHECKS]),
      `--service-account-private-key-file=${at('pki/sa.key')}`,
      `--root-ca-file=${at(SERVER.certificate)}`,
      '--bind-address=127.0.0.1',
      ...serving,
    ],
    'kube-scheduler': [
      programs['kube-scheduler'],
      `--kubeconfig=${at('kube-scheduler.kubeconfig')}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      ...serving,
    ],
    'kube-proxy': [programs['kube-proxy'], `--config=${at('proxy.json')}`],
    coredns: [programs.coredns, '-conf', at('Corefile')],
    kubelet: [
      programs.kubelet,
      `--config=${at('kubelet.json')}`,
      `--kubeconfig=${at('kubelet.kubeconfig')}`,
      `--hostname-override=${NODE_NAME}`,
      `--node-ip=${ip}`,
      `--cert-dir=${at('pki/kubelet')}`,
    ],
  };
}

function cniFolder(): string {
  const found = CNI_FOLDERS.find((folder) => existsSync(join(folder, 'bridge')));
  if (found === undefined) {
    throw new Problem(
      `No CNI plugins in ${CNI_FOLDERS.join(' or ')}. Install them with: node scripts/setup.mjs --cluster`,
    );
  }
  return found;
}

/**
 * Writes everything a node's components read, and a start script for each, into its folder.
 * @returns the administrator's token
 */
export function writeNode(dir: string, slot: number, parts: Parts): string {
  const { ip, pods, cgroup } = addresses(slot);
  const files: Record<string, string> = {
    'resolv.conf': `nameserver ${ip}\n`,
    'containerd.toml': containerdToml({ dir, cni: cniFolder(), pauseImage: PAUSE_IMAGE }),
    'cni/10-net.conflist': JSON.stringify(networkConfig(pods)),
    'kubelet.json': JSON.stringify(kubeletConfig({ dir, ip, cgroup })),
    ...(parts.audit === undefined ? {} : { [AUDIT_POLICY]: JSON.stringify(parts.audit) }),
    'proxy.json': JSON.stringify(proxyConfig({ dir, ip, pods, nftablesIsAlpha: parts.kubernetes === OLDEST })),
    Corefile: `.:53 {\n bind ${ip}\n errors\n kubernetes cluster.local in-addr.arpa {\n  kubeconfig ${JSON.stringify(join(dir, 'coredns.kubeconfig'))} bluegreen\n  ttl 1\n }\n}\n`,
  };
  const admission = join(dir, 'admission');
  for (const [name, content] of Object.entries(parts.admission?.(admission) ?? {}))
    files[join('admission', name)] = content;
  for (const folder of ['admission', 'cni', 'containerd', 'etcd', 'pki', 'run']) {
    mkdirSync(join(dir, folder), { recursive: true });
  }
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(dir, name), content);
  }
  for (const [name, words] of Object.entries(commandLines(dir, slot, parts))) {
    const settings = name === 'kube-apiserver' ? SPARE_COLLECTIONS : [...SPARE_COLLECTIONS, ONE_THREAD];
    writeFileSync(join(dir, 'run', name), `exec ${[...settings, ...words].map(shellWord).join(' ')}\n`);
  }
  writeKeys(dir);
  return writeClients(dir, ip);
}
