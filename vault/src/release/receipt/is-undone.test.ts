// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { type AuditEvent, encodeLeaf } from "@strongroom/core";
import { systemEvent } from "../../audit/event.ts";
import type { LeafRelease } from "./facts-of-leaf.ts";
import { isUndone } from "./is-undone.ts";

const log = "0a".repeat(16);

const release = (unwrapped?: string): LeafRelease => ({
  ...{ kind: "keys", name: "archive", principal: { issuer: "i", subject: "s" } },
  facts: {
    ...{ operation: "KeySecureUnwrap", released: 0, object: "o", policies: [], evidence: "e" },
    ...{ vault: { uid: "u", name: "v" }, identity: { issuer: "i", subject: "s" } },
    ...(unwrapped !== undefined && { unwrapped }),
  },
});

/** Leaves behind the release's, which is the first of the log. */
const logOf = (...properties: readonly AuditEvent["properties"][]) => ({
  leaves: async (_log: string, { from }: { readonly from: number }) =>
    properties
      .map((about, at) => {
        const index = at + 1;
        const event = systemEvent("KeySecureUnwrap", new Date(0), about);
        const leaf = { log, index, replica: "r", epoch: 0, event, writes: [] };
        return { log, index, bytes: encodeLeaf(leaf) };
      })
      .slice(from - 1),
});

describe("a release", () => {
  const place = { log, index: 0 };

  it("is taken back by a leaf that names it, or one of its batch", async () => {
    const whole = { undone: { log, index: 0 } };
    expect(await isUndone(logOf({}, whole), place, release())).toBe(true);
    const one = { undone: { log, index: 0, object: "keys/archive", unwrapped: "a" } };
    expect(await isUndone(logOf(one), place, release("a"))).toBe(true);
  });

  it("is not by one of another leaf, another object or another data key", async () => {
    const others = [
      { undone: { log, index: 1 } },
      { undone: { log: "0b".repeat(16), index: 0 } },
      { undone: { log, index: 0, object: "keys/other", unwrapped: "a" } },
      { undone: { log, index: 0, object: "keys/archive", unwrapped: "b" } },
      { undone: "all" },
      { text: '"undone":' },
    ];
    expect(await isUndone(logOf(...others), place, release("a"))).toBe(false);
    expect(await isUndone(logOf(), place, release())).toBe(false);
  });
});
