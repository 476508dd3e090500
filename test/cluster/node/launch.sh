#!/bin/bash
# launch.sh DIR - starts one Kubernetes node in namespaces of its own and outlives it by the moment it takes to tidy up.
# DIR is called …/bluegreen-cluster-… and has a folder log in it; it is removed at the end.
#
# The node lives until this script's standard input closes: the kernel closes it when the owner ends, however it ends.
# Standard output, one event a line: "slot N", then what init.sh says. Status 75: all slots are taken.
# On the host there are only: DIR, the veth bluegreenN, the route 10.(100+N).0.0/16, cgroups called bluegreenN.
set -u
DIR=$1
HERE=$(dirname "$(realpath "$0")")
LOCKS=/run/lock
SLOTS=100

# Also cleans up after a predecessor whose launch.sh was killed as well: it left its folder's name in the lock file.
tidy() {
  ip link del "bluegreen$N" 2>/dev/null
  local c
  for c in "/sys/fs/cgroup/bluegreen$N" /sys/fs/cgroup/*/"bluegreen$N"; do
    [ ! -d "$c" ] || find "$c" -depth -type d -exec rmdir {} +
  done
  local dir
  read -r dir <"$LOCKS/bluegreen-cluster-$N" || return 0
  case $dir in */bluegreen-cluster-*) rm -rf --one-file-system "$dir" ;; esac
  : >"$LOCKS/bluegreen-cluster-$N"
}

# Every process of a node inherits descriptor 8, so that a slot is free only when the last of them is gone.
for ((N = 0; N < SLOTS; N++)); do
  exec 8<>"$LOCKS/bluegreen-cluster-$N" || exit 1
  flock --nonblock 8 || continue
  tidy
  [ -n "$(ip -4 route show root 10.$((100 + N)).0.0/16)" ] || break
done
[ "$N" -lt "$SLOTS" ] || exit 75
echo "$DIR" >"$LOCKS/bluegreen-cluster-$N"
echo "slot $N"

exec 3<&0 9</proc/self/ns/net # 3: the lease, 9: the host's network, for init.sh to put one end of the veth into
setpriv --pdeathsig KILL unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private \
  bash "$HERE/init.sh" "$DIR" "$N" <&3 2>"$DIR/log/init.log" &
NODE=$!
exec 3<&- 9<&-
trap 'kill -KILL $NODE' TERM INT HUP
while kill -0 $NODE 2>/dev/null; do wait $NODE; done
tidy
exit 0
