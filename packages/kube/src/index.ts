// SPDX-License-Identifier: Apache-2.0
/** Controller kernel: list-watch, work queue, leader election, server-side apply and events. */

export { type ConditionVerdict, type StatusCondition, updateConditions } from "./conditions.ts";
export {
  type ControllerOptions,
  type Reconcile,
  type ReconcileResult,
  runController,
} from "./controller.ts";
export { createEventRecorder, type EventNote, type RecordEvent } from "./event-recorder.ts";
export { createKubeClient, type KubeClient } from "./kube-client.ts";
export {
  type KubeObject,
  keyOf,
  type ObjectMeta,
  type OwnerReference,
  type Resource,
  type ResourceName,
  splitKey,
} from "./kube-object.ts";
export { createKubeTransport, type KubeTransport } from "./kube-transport.ts";
export { type ElectionOptions, type Leadership, runElection } from "./leader-election.ts";
export { ListWatch, type ListWatchOptions } from "./list-watch.ts";
export { loadKubeConfig } from "./load-kube-config.ts";
export { WorkQueue } from "./work-queue.ts";
