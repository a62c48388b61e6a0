// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { openEndorsementFile } from "./open-endorsement-file.ts";

describe("openEndorsementFile", () => {
  it("takes a signature that begins as DER in hexadecimal does for a signature alone", () => {
    const signature = `3081${"ff".repeat(62)}`;
    const file = utf8(`{"tcbInfo":{"version":3},"signature":"${signature}"}`);
    expect(openEndorsementFile(file)).toMatchObject([
      { kind: "tcb-info", text: '{"version":3}', signature: Buffer.from(signature, "hex") },
    ]);
  });
});
