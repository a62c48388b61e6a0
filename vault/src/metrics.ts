// SPDX-License-Identifier: Apache-2.0
/** The vault's Prometheus metrics. Labels are closed sets; no node, device, vault or object is named. */

import { Counter, Registry } from "prom-client";

const claimed = ["device", "node"] as const;

/** What the parts of the vault report. */
export interface Metrics {
  /** Enrolment refused a second claimant of a device, or a second device of a node. */
  secondClaimant(of: (typeof claimed)[number]): void;
  /** All of it as Prometheus reads it. */
  readonly registry: Pick<Registry, "contentType" | "metrics">;
}

/** Metrics in a registry of their own, present at zero before anything happened. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const second = new Counter({
    name: "strongroom_vault_second_claimants_total",
    help: "Second claimants that enrolment refused, by what they claimed",
    labelNames: ["of"],
    registers: [registry],
  });
  for (const of of claimed) {
    second.inc({ of }, 0);
  }
  return { registry, secondClaimant: (of) => second.inc({ of }) };
}
