// SPDX-License-Identifier: Apache-2.0
/** Events about objects, for `kubectl describe`. events.k8s.io/v1; repeated ones become a series. */

import { createHash } from "node:crypto";
import type { Clock, Log, Milliseconds } from "@strongroom/core";
import type { KubeClient } from "./kube-client.ts";
import type { KubeObject, ObjectMeta } from "./kube-object.ts";

/** Time in which a repeated event joins the series instead of starting a new one; client-go's. */
const seriesMs: Milliseconds = 360_000;
/** Time between two writes of one series. */
const writeMs: Milliseconds = 60_000;
/** Series that are remembered. */
const maxSeries = 1_024;
/** Characters of a note that the API takes. */
const maxNoteLength = 1_024;

/** What happened to which object. */
export interface EventNote {
  readonly regarding: KubeObject;
  readonly type: "Normal" | "Warning";
  /** One CamelCase word. */
  readonly reason: string;
  /** What we were doing, one CamelCase word. */
  readonly action: string;
  /** A sentence for people, without values. */
  readonly note: string;
}

/** Writes events. Never rejects: an event is not worth a failed reconcile. */
export type RecordEvent = (event: EventNote) => Promise<void>;

/** What a recorder needs. */
export interface EventRecorderOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  /** `strongroom.io/operator` or alike. */
  readonly controller: string;
  /** This process, for example the pod's name. */
  readonly instance: string;
}

interface Series {
  readonly name: string;
  readonly lastSeen: Milliseconds;
  readonly lastWritten: Milliseconds;
  readonly count: number;
}

/** Creates a recorder. */
export function createEventRecorder(options: EventRecorderOptions): RecordEvent {
  const known = new Map<string, Series>();
  return async (event) => {
    const key = identityOf(event);
    const now = options.clock.now();
    try {
      const series = await write(options, event, known.get(key), now);
      known.delete(key);
      known.set(key, series);
      dropOldest(known);
    } catch (error) {
      options.log.failure("cannot write an event", error, { reason: event.reason });
    }
  };
}

async function write(
  options: EventRecorderOptions,
  event: EventNote,
  series: Series | undefined,
  now: Date,
): Promise<Series> {
  const time = now.getTime();
  if (series === undefined || time - series.lastSeen > seriesMs) {
    const name = await create(options, event, now);
    return { name, lastSeen: time, lastWritten: time, count: 1 };
  }
  const count = series.count + 1;
  if (time - series.lastWritten < writeMs && count > 2) {
    return { ...series, count, lastSeen: time };
  }
  const lastObservedTime = toMicroTime(now);
  const place = { ...eventResource, namespace: namespaceOf(event), name: series.name };
  await options.client.merge(place, { series: { count, lastObservedTime } });
  return { ...series, count, lastSeen: time, lastWritten: time };
}

async function create(options: EventRecorderOptions, event: EventNote, now: Date): Promise<string> {
  const namespace = namespaceOf(event);
  const suffix = identityOf(event).slice(0, 8) + now.getTime().toString(16);
  const name = `${event.regarding.metadata.name.slice(0, 200)}.${suffix}`;
  const body = toEvent(options, event, { name, namespace }, now);
  await options.client.create({ ...eventResource, namespace }, body);
  return name;
}

const eventResource = { apiVersion: "events.k8s.io/v1", plural: "events" } as const;

function toEvent(
  { controller, instance }: EventRecorderOptions,
  event: EventNote,
  metadata: ObjectMeta,
  now: Date,
): KubeObject {
  const { apiVersion, kind, metadata: target } = event.regarding;
  const { name, namespace, uid, resourceVersion } = target;
  const body = {
    apiVersion: eventResource.apiVersion,
    kind: "Event",
    metadata,
    eventTime: toMicroTime(now),
    type: event.type,
    reason: event.reason,
    action: event.action,
    note: event.note.slice(0, maxNoteLength),
    regarding: { apiVersion, kind, name, namespace, uid, resourceVersion },
    reportingController: controller,
    reportingInstance: instance,
  };
  return body;
}

// The same thing about the same object; the note belongs to it, as another note is other news.
function identityOf({ regarding, type, reason, action, note }: EventNote): string {
  const parts = [regarding.metadata.uid ?? "", type, reason, action, note];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function namespaceOf(event: EventNote): string {
  return event.regarding.metadata.namespace ?? "default";
}

function toMicroTime(at: Date): string {
  return at.toISOString().replace("Z", "000Z");
}

function dropOldest(known: Map<string, Series>): void {
  const oldest = known.keys().next();
  if (known.size > maxSeries && !oldest.done) {
    known.delete(oldest.value);
  }
}
