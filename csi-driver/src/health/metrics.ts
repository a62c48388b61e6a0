// SPDX-License-Identifier: Apache-2.0
/** The plugin's Prometheus metrics. Labels are closed sets; no pod, vault or secret is named. */

import { Counter, Gauge, Histogram, Registry } from "prom-client";

const publishResults = ["published", "denied", "refused", "unavailable", "failed"] as const;
const republishResults = ["fresh", "unchanged", "updated", "denied", "failed"] as const;

/** How a first publish ended. */
export type PublishResult = (typeof publishResults)[number];

/** How a republish ended; the pod keeps its files in every case. */
export type RepublishResult = (typeof republishResults)[number];

/** What the parts of the plugin report. */
export interface Metrics {
  published(result: PublishResult, seconds: number): void;
  republished(result: RepublishResult): void;
  unpublished(result: "unpublished" | "failed"): void;
  volumes(count: number): void;
  attested(until: Date): void;
  attestationFailed(code: string): void;
  registered(yes: boolean): void;
}

/** Metrics in a registry of their own, present at zero before anything happened. */
export function createMetrics(
  registry: Registry = new Registry(),
): Metrics & { readonly registry: Registry } {
  const registers = [registry];
  const named = (name: string, help: string) => ({
    name: `strongroom_node_${name}`,
    help,
    registers,
  });
  const results = { labelNames: ["result"] as const };
  const publish = new Counter({
    ...named("publish_total", "First publishes by result"),
    ...results,
  });
  const seconds = new Histogram({
    ...named("publish_seconds", "Duration of first publishes that succeeded"),
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 90],
  });
  const republish = new Counter({
    ...named("republish_total", "Republishes by result"),
    ...results,
  });
  const unpublish = new Counter({
    ...named("unpublish_total", "Unpublishes by result"),
    ...results,
  });
  const volumes = new Gauge(named("volumes", "Volumes that are published"));
  const expiry = new Gauge(named("attestation_expiry_seconds", "End of the attestation token"));
  const attestations = new Counter({
    ...named("attestation_failures_total", "Attestations that failed, by error code"),
    labelNames: ["code"] as const,
  });
  const registered = new Gauge(named("registered", "Whether kubelet has registered the driver"));
  publishResults.forEach((result) => void publish.inc({ result }, 0));
  republishResults.forEach((result) => void republish.inc({ result }, 0));
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
