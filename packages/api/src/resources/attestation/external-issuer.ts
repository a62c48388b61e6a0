// SPDX-License-Identifier: Apache-2.0
/** Attestation authorities other than ours whose tokens a release takes. */

import { z } from "zod";
import { exactlyOneOf, withRules } from "../validation.ts";
import { pemSchema } from "./trust-root.ts";

const members = z.strictObject({
  issuer: z
    .url({ protocol: /^https$/ })
    .max(1_024)
    .describe(
      "`iss` of its tokens, and the `authority` in policies; a slash at the end and capitals in the host count for nothing",
    ),
  kind: z
    .enum(["MAA", "EAR"])
    .describe("form of its claims: Azure Attestation's, or an EAT attestation result"),
  jwks: z
    .string()
    .min(1)
    .max(65_536)
    .optional()
    .describe("its JSON Web Key Set, for a vault that must not ask for it"),
  ca: pemSchema
    .optional()
    .describe("PEM of the CAs of its servers: keys are found by OpenID discovery"),
  audience: z.string().min(1).max(1_024).optional().describe("`aud` that its tokens must have"),
  algorithms: z
    .array(z.enum(["RS256", "RS384", "PS256", "PS384", "ES256", "ES384"]))
    .min(1)
    .max(6)
    .describe("algorithms of its signatures"),
  maximumAgeSeconds: z
    .int()
    .min(60)
    .max(86_400)
    .default(3_600)
    .describe("how long after `iat` a token is taken, whatever its `exp` says"),
  binding: z
    .enum(["podToken", "none"])
    .default("podToken")
    .describe(
      "`podToken`: only for a pod, by its own token; `none`: for stock clients and callers without a pod",
    ),
});

/** An external attestation authority. */
export const externalIssuerSchema = withRules(
  members,
  exactlyOneOf<z.output<typeof members>>("jwks", "ca"),
);

/** An external attestation authority. */
export type ExternalIssuer = z.output<typeof externalIssuerSchema>;
