// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "@jest/globals";
import { untilStopped } from "./until-stopped.ts";

describe("untilStopped", () => {
  it("is over where npx, which started the command, was gone before anybody waited", async () => {
    const starter = { environment: { npm_lifecycle_event: "npx" }, parent: process.pid };
    await expect(untilStopped(starter, [])).resolves.toBeUndefined();
  });
});
