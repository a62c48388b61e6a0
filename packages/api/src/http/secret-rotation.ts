// SPDX-License-Identifier: Apache-2.0
/** Rotation of secrets by a generator, which Key Vault has not: bodies of our routes. */

import { z } from "zod";
import { generateSchema } from "../resources/vault-secret.ts";
import type { intDate } from "./wire.ts";

/** Body of `PUT …/secrets/{name}/rotationpolicy`. */
export const secretRotationSchema = z.strictObject({
  /** ISO 8601 duration from a version's creation to its replacement, such as `P30D`; the vault bounds it. */
  interval: z.string().min(2).max(64),
  /** How each new value is made. */
  generate: generateSchema,
});

/** A rotation policy as its writer has it. */
export type SecretRotation = z.output<typeof secretRotationSchema>;

/** Answer of the policy's routes. */
export interface SecretRotationStatus extends SecretRotation {
  readonly created: z.output<typeof intDate>;
  readonly updated: z.output<typeof intDate>;
  /** When the current version is replaced, in seconds since the epoch. */
  readonly due: z.output<typeof intDate>;
}
