// The configuration files of containerd, CNI, kubelet and kube-proxy.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KUBELET_CLIENT, SERVER } from './certificates.ts';
import { NODE_NAME } from './names.ts';

const UNUSED_PLUGINS = [
  'io.containerd.snapshotter.v1.aufs',
  'io.containerd.snapshotter.v1.btrfs',
  'io.containerd.snapshotter.v1.zfs',
  'io.containerd.snapshotter.v1.devmapper',
  'io.containerd.snapshotter.v1.native',
  'io.containerd.internal.v1.opt',
  'io.containerd.tracing.processor.v1.otlp',
  'io.containerd.internal.v1.tracing',
];

interface Containerd {
  readonly dir: string;
  readonly cni: string;
  readonly pauseImage: string;
}

/**
 * restrict_oom_score_adj: without it no pod starts where lowering the score is not allowed. stats_collect_period: seconds
 * between two looks at how much each container has written, which no test asks for.
 */
export function containerdToml({ dir, cni, pauseImage }: Containerd): string {
  return `version = 2
root = ${JSON.stringify(join(dir, 'containerd'))}
state = "/run/containerd"
oom_score = 0
disabled_plugins = ${JSON.stringify(UNUSED_PLUGINS)}
[grpc]
  address = "/run/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${JSON.stringify(pauseImage)}
  restrict_oom_score_adj = true
  disable_apparmor = true
  disable_hugetlb_controller = true
  tolerate_missing_hugetlb_controller = true
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"
  stats_collect_period = 600
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${JSON.stringify(cni)}
    conf_dir = ${JSON.stringify(join(dir, 'cni'))}
`;
}

export function networkConfig(pods: string): object {
  return {
    cniVersion: '0.4.0',
    name: 'net',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        ipMasq: false,
        hairpinMode: true,
        ipam: { type: 'host-local', ranges: [[{ subnet: pods }]], routes: [{ dst: '0.0.0.0/0' }] },
      },
    ],
  };
}

// The kubelet's default is above what some machines allow.
function openFiles(): number {
  return Number(/Max open files +\S+ +(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 65_536);
}

interface Kubelet {
  readonly dir: string;
  readonly ip: string;
  readonly cgroup: string;
}

/** cgroupRoot and volumePluginDir: without them the kubelet leaves folders on the host. */
export function kubeletConfig({ dir, ip, cgroup }: Kubelet): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: ip,
    containerRuntimeEndpoint: 'unix:///run/containerd.sock',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(dir, KUBELET_CLIENT.certificate) },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: join(dir, SERVER.certificate),
    tlsPrivateKeyFile: join(dir, SERVER.key),
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    volumePluginDir: join(dir, 'kubelet/volume-plugins'),
    oomScoreAdj: 0,
    maxOpenFiles: openFiles(),
    evictionHard: {
      'memory.available': '1Mi',
      'nodefs.available': '0%',
      'nodefs.inodesFree': '0%',
      'imagefs.available': '0%',
    },
    imageGCHighThresholdPercent: 100,
    makeIPTablesUtilChains: false,
    resolvConf: '',
    clusterDNS: [ip],
    clusterDomain: 'cluster.local',
    registerNode: true,
    readOnlyPort: 0,
    healthzPort: 0,
    syncFrequency: '5s',
    nodeStatusUpdateFrequency: '2s',
    // Unless something changed: everybody who watches nodes hears of each report.
    nodeStatusReportFrequency: '1m',
    shutdownGracePeriod: '0s',
  };
}

interface Proxy {
  readonly dir: string;
  readonly ip: string;
  readonly pods: string;
  readonly nftablesIsAlpha: boolean;
}

export function proxyConfig({ dir, ip, pods, nftablesIsAlpha }: Proxy): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    ...(nftablesIsAlpha ? { featureGates: { NFTablesProxyMode: true } } : {}),
    clientConnection: { kubeconfig: join(dir, 'kube-proxy.kubeconfig') },
    clusterCIDR: pods,
    hostnameOverride: NODE_NAME,
    bindAddress: ip,
    healthzBindAddress: '',
    metricsBindAddress: '127.0.0.1:10249',
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    nftables: { minSyncPeriod: '100ms', syncPeriod: '30s' },
  };
}
