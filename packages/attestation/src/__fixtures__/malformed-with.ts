// SPDX-License-Identifier: Apache-2.0
/** The error for malformed evidence, as tests expect it. */

import { expect } from "@jest/globals";

/** One whose message has these words. */
export const malformedWith = (message: string): unknown =>
  expect.objectContaining({
    code: "EvidenceMalformed",
    message: expect.stringContaining(message),
  });
