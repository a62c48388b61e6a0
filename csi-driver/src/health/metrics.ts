// SPDX-License-Identifier: Apache-2.0
/** The plugin's Prometheus metrics. Labels are closed sets; no pod, vault or secret is named. */

import { Counter, Gauge, Histogram, Registry } from "prom-client";

const publishResults = ["published", "denied", "refused", "unavailable", "failed"] as const;
const republishResults = ["fresh", "unchanged", "updated", "denied", "failed"] as const;
const unpublishResults = ["unpublished", "failed"] as const;

/** How a first publish ended. */
export type PublishResult = (typeof publishResults)[number];

/** How a republish ended; the pod keeps its files in every case. */
export type RepublishResult = (typeof republishResults)[number];

/** How an unpublish ended. */
export type UnpublishResult = (typeof unpublishResults)[number];

/** What the parts of the plugin report. */
export interface Metrics {
  published(result: PublishResult, seconds: number): void;
  republished(result: RepublishResult): void;
  unpublished(result: UnpublishResult): void;
  volumes(count: number): void;
  attested(until: Date): void;
  attestationFailed(code: string): void;
  registered(yes: boolean): void;
}

/** Metrics in a registry of their own, present at zero before anything happened. */
export function createMetrics(
  registry: Registry = new Registry(),
): Metrics & { readonly registry: Registry } {
  const { publish, seconds, republish, unpublish, attestations } = createCounters(registry);
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `strongroom_node_${name}`, help, registers: [registry] });
  const volumes = gauge("volumes", "Volumes that are published");
  const expiry = gauge("attestation_expiry_seconds", "End of the attestation token");
  const registered = gauge("registered", "Whether kubelet has registered the driver");
  return {
    registry,
    published: (result, duration) => {
      publish.inc({ result });
      if (result === "published") {
        seconds.observe(duration);
      }
    },
    republished: (result) => republish.inc({ result }),
    unpublished: (result) => unpublish.inc({ result }),
    volumes: (count) => volumes.set(count),
    attested: (until) => expiry.set(until.getTime() / 1000),
    attestationFailed: (code) => attestations.inc({ code }),
    registered: (yes) => registered.set(yes ? 1 : 0),
  };
}

function createCounters(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, label: L) =>
    new Counter({ name: `strongroom_node_${name}_total`, help, labelNames: [label], registers });
  const publish = counter("publish", "First publishes by result", "result");
  const republish = counter("republish", "Republishes by result", "result");
  const unpublish = counter("unpublish", "Unpublishes by result", "result");
  publishResults.forEach((result) => void publish.inc({ result }, 0));
  republishResults.forEach((result) => void republish.inc({ result }, 0));
  unpublishResults.forEach((result) => void unpublish.inc({ result }, 0));
  return {
    publish,
    republish,
    unpublish,
    attestations: counter("attestation_failures", "Failed attestations by error code", "code"),
    seconds: new Histogram({
      name: "strongroom_node_publish_seconds",
      help: "Duration of first publishes that succeeded",
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 90],
      registers,
    }),
  };
}
