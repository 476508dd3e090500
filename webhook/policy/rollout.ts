import { at, number, text } from '../../common/json.ts';
import type { Json, JsonObject } from '../../common/json.ts';

/**
 * Whether a rollout of this workload may leave it without a ready pod for a while, by its update strategy and its number
 * of replicas alone. What the new pods do is not foreseen: with `maxUnavailable` below all, pods that never get ready
 * leave some of the former ones in their place. Sources: kubernetes/kubernetes pkg/controller/deployment/util
 * (ResolveFenceposts), statefulset and daemon.
 */
export function replacesAllAtOnce(kind: string, workload: JsonObject): boolean {
  if (kind === 'StatefulSet') return statefulSet(workload);
  if (kind === 'DaemonSet') return daemonSet(workload);
  // They never replace a pod by themselves.
  if (kind === 'ReplicaSet' || kind === 'ReplicationController') return false;
  return deployment(workload);
}

/** `spec.replicas`, where a missing number means 1 (apps/v1). */
export function replicasOf(workload: JsonObject | null): number {
  return number(at(workload, 'spec', 'replicas')) ?? 1;
}

/** A Deployment, or what has its strategy, as a Rollout. */
function deployment(workload: JsonObject): boolean {
  const replicas = replicasOf(workload);
  if (replicas === 0 || at(workload, 'spec', 'paused') === true) return false;
  const strategy = at(workload, 'spec', 'strategy');
  if (text(at(strategy, 'type')) === 'Recreate') return true;
  const update = at(strategy, 'rollingUpdate');
  const unavailable = podsOf(at(update, 'maxUnavailable') ?? '25%', replicas, Math.floor);
  const surge = podsOf(at(update, 'maxSurge') ?? '25%', replicas, Math.ceil);
  return (unavailable === 0 && surge === 0 ? 1 : unavailable) >= replicas;
}

/** It takes a pod away before it brings the next one. */
function statefulSet(workload: JsonObject): boolean {
  const replicas = replicasOf(workload);
  const strategy = at(workload, 'spec', 'updateStrategy');
  const partition = number(at(strategy, 'rollingUpdate', 'partition')) ?? 0;
  if (text(at(strategy, 'type')) === 'OnDelete' || partition >= replicas) return false;
  const unavailable = podsOf(at(strategy, 'rollingUpdate', 'maxUnavailable') ?? 1, replicas, Math.ceil);
  return partition === 0 && Math.max(1, unavailable) >= replicas;
}

/** One pod a node; the number of nodes is what its controller counted. */
function daemonSet(workload: JsonObject): boolean {
  const strategy = at(workload, 'spec', 'updateStrategy');
  const pods = number(at(workload, 'status', 'desiredNumberScheduled')) ?? 0;
  if (text(at(strategy, 'type')) === 'OnDelete' || pods === 0) return false;
  const surge = podsOf(at(strategy, 'rollingUpdate', 'maxSurge') ?? 0, pods, Math.ceil);
  return surge === 0 && podsOf(at(strategy, 'rollingUpdate', 'maxUnavailable') ?? 1, pods, Math.ceil) >= pods;
}

/** A number of pods, or a share of them such as `25%`. */
function podsOf(value: Json, replicas: number, round: (pods: number) => number): number {
  const share = text(value);
  return share === null ? (number(value) ?? 0) : round((Number.parseFloat(share) / 100) * replicas);
}
