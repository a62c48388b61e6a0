// SPDX-License-Identifier: Apache-2.0
/** What every status has: conditions in the form that kubectl wait, Argo CD and Flux read. */

import { z } from "zod";

/** A condition. Kubernetes API conventions, "Typical status properties". */
export const conditionSchema = z
  .strictObject({
    type: z
      .string()
      .min(1)
      .max(316)
      .describe("what the condition is about; `Ready` sums everything up"),
    status: z.enum(["True", "False", "Unknown"]),
    observedGeneration: z
      .int()
      .min(0)
      .optional()
      .describe("generation that the condition is about"),
    lastTransitionTime: z.iso.datetime({ offset: true }).describe("when the status last changed"),
    reason: z
      .string()
      .min(1)
      .max(1_024)
      .regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/)
      .describe("one CamelCase word for programs"),
    message: z.string().max(32_768).describe("a sentence for people"),
  })
  .describe("one aspect of the resource's state");

/** A condition. */
export type Condition = z.output<typeof conditionSchema>;

/** Conditions, one for each type. */
export const conditionsSchema = z
  .array(conditionSchema)
  .max(16)
  .meta({
    description: "state of the resource, one entry for each type",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["type"],
  });

/** Members that every status has. */
export const commonStatus = {
  observedGeneration: z
    .int()
    .min(0)
    .optional()
    .describe("generation of the spec that this status is about"),
  conditions: conditionsSchema.optional(),
} as const;

/** Status of any of our kinds. */
export interface CommonStatus {
  readonly observedGeneration?: number | undefined;
  readonly conditions?: readonly Condition[] | undefined;
}
