// SPDX-License-Identifier: Apache-2.0
/** Management of the attestation authority by the operator. */

import { z } from "zod";
import { attestationAuthoritySpecSchema } from "../resources/attestation/attestation-authority.ts";
import { manageCallSchema } from "./manage.ts";

/** Body of `PUT …/manage/attestation`; of DELETE it is a management call. */
export const putAuthorityRequestSchema = manageCallSchema.extend({
  spec: attestationAuthoritySpecSchema,
});

/** Desired authority. */
export type PutAuthorityRequest = z.output<typeof putAuthorityRequestSchema>;

/** Its answer: `x-ms-policy-hash` of tokens from now on. */
export const putAuthorityResponseSchema = z.strictObject({ policyHash: z.string().max(64) });

/** The authority that is in force. */
export type PutAuthorityResponse = z.output<typeof putAuthorityResponseSchema>;
