#!/bin/bash
# init.sh DIR N - process 1 of the node. When it ends, the kernel ends every process of the node and drops its mounts
# and its network.
#
# It does what it is told on standard input, one command a line, and ends when that closes:
#   start NAME          runs DIR/run/NAME (a bash script that execs the component), log in DIR/log/NAME.log
#   signal NAME SIGNAL  sends a signal to that component
#   place PATH          gives containerd, before it starts, the layers that another one has unpacked in the folder PATH
#   import ID PATH      imports an image archive into containerd
# and says on standard output what happened:
#   ready | failed WHAT | started NAME PID | ended NAME STATUS | placed STATUS | imported ID STATUS
set -u
DIR=$1 N=$2
NET=10.$((100 + N))
cd "$DIR" || exit 1

fail() {
  echo "failed $*"
  exit 1
}

# Nothing mounted here is visible to, or left on, the host.
mounts() {
  mount --make-rshared / || fail mounts
  local d
  for d in /run /var/lib/cni /var/lib/kubelet /var/log/pods /var/log/containers; do mkdir -p $d; done
  mount -t tmpfs -o mode=755 tmpfs /run || fail "mount /run"
  mount -t tmpfs tmpfs /var/lib/cni
  mount -t tmpfs tmpfs /var/log/containers
  mkdir -p kubelet log/pods
  mount --bind kubelet /var/lib/kubelet || fail "mount /var/lib/kubelet"
  mount --bind log/pods /var/log/pods
  mount --bind resolv.conf /etc/resolv.conf || fail "mount /etc/resolv.conf"
}

# The kubelet wants these values; shown to it like this, it does not write the machine's own.
sysctls() {
  mkdir -p /run/sysctl
  local setting
  for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
    kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
    local file=/run/sysctl/${setting//[\/=]/.}
    echo "${setting#*=}" >"$file"
    mount --bind "$file" "/proc/sys/${setting%=*}" || fail "sysctl $setting"
  done
}

cgroups() {
  local c
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    mkdir -p "/sys/fs/cgroup/bluegreen$N" || fail cgroups
    return
  fi
  for c in /sys/fs/cgroup/*/; do
    [ "$c" = /sys/fs/cgroup/unified/ ] || mkdir -p "${c}bluegreen$N" || fail cgroups
    # The node's own components are not in there: as on a real node, they must not starve the pods.
    [ ! -e "${c}bluegreen$N/cpu.shares" ] || echo 16384 >"${c}bluegreen$N/cpu.shares"
  done
}

network() {
  host() { nsenter --net=/proc/self/fd/9 "$@"; }
  ip link set lo up
  ip link add eth0 type veth peer name "bluegreen$N" netns /proc/self/fd/9 || fail "veth bluegreen$N"
  ip addr add "$NET.0.2/30" dev eth0 && ip link set eth0 up || fail eth0
  host ip addr add "$NET.0.1/30" dev "bluegreen$N" && host ip link set "bluegreen$N" up || fail "veth bluegreen$N"
  host ip route add "$NET.0.0/16" via "$NET.0.2" || fail "route $NET.0.0/16"
  # Nothing leaves except to the host's end of the veth: an image that is not here fails at once instead of hanging.
  ip route add unreachable default
  # The node itself calls Services too (the API server its webhooks): a route, so that kube-proxy's rules see the packet.
  ip route add "$NET.4.0/22" dev eth0 src "$NET.0.2" || fail "route $NET.4.0/22"
  echo 1 >/proc/sys/net/ipv4/ip_forward || fail ip_forward
  echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
} 2>>log/init.log

start() {
  (
    bash "run/$1" </dev/null >>"log/$1.log" 2>&1 9<&- &
    echo $! >"run/$1.pid"
    echo "started $1 $!"
    wait $!
    echo "ended $1 $?"
  ) &
}

# The files of layers never change, so they may be hard links; containerd writes its databases.
place() {
  local from=$1 name
  for name in content.v1.content/blobs snapshotter.v1.overlayfs/snapshots; do
    mkdir -p "containerd/io.containerd.${name%/*}"
    cp -a --link "$from/io.containerd.$name" "containerd/io.containerd.$name" && continue
    rm -rf "containerd/io.containerd.$name"
    cp -a --reflink=auto "$from/io.containerd.$name" "containerd/io.containerd.$name" || return
  done
  for name in metadata.v1.bolt/meta.db snapshotter.v1.overlayfs/metadata.db; do
    mkdir -p "containerd/io.containerd.${name%/*}"
    cp "$from/io.containerd.$name" "containerd/io.containerd.$name" || return
  done
} 2>>log/place.log

import() {
  local id=$1 path=$2
  (
    # containerd listens when all of it is up.
    for ((i = 0; i < 300; i++)); do
      [ -S /run/containerd.sock ] && break
      sleep 0.05
    done
    ctr -a /run/containerd.sock -n k8s.io images import --snapshotter overlayfs "$path" >>log/import.log 2>&1
    echo "imported $id $?"
  ) </dev/null &
}

mounts
sysctls
cgroups
network
exec 9<&-
echo ready
while read -r verb name rest; do
  case $verb in
  start) start "$name" ;;
  signal) kill "-$rest" "$(cat "run/$name.pid")" ;;
  place)
    place "$name"
    echo "placed $?"
    ;;
  import) import "$name" "$rest" ;;
  *) echo "failed to understand: $verb" ;;
  esac
done
exit 0
