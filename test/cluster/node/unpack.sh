#!/bin/bash
# unpack.sh CONFIG ARCHIVE - has a containerd of its own import an image archive, into the folder that CONFIG names. Runs in
# mount, network and process namespaces of its own: when it ends, the kernel ends what it started.
set -eu
mount -t tmpfs tmpfs /run
containerd -c "$1" -l error &
# containerd listens when all of it is up.
for ((i = 0; i < 300; i++)); do
  [ -S /run/containerd.sock ] && break
  sleep 0.05
done
ctr -a /run/containerd.sock -n k8s.io images import --snapshotter overlayfs "$2"
kill %1
wait %1
