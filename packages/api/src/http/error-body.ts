// SPDX-License-Identifier: Apache-2.0
/** The error body of every route, in Key Vault's form. */

import { z } from "zod";

/** Error body; `innererror.code` is the code of our table where Key Vault's own code is coarser. */
export const errorBodySchema = z.object({
  error: z.object({
    code: z.string().max(128),
    message: z.string().max(4_096),
    innererror: z.object({ code: z.string().max(128) }).optional(),
  }),
});

/** Error body. */
export type ErrorBody = z.output<typeof errorBodySchema>;
