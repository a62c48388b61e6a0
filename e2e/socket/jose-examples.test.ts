// SPDX-License-Identifier: Apache-2.0
/**
 * The examples of the JOSE RFCs (7515, 7516, 7520, 7797, 8037) by the operations of a vault. RFC 7520 section 5.13, three
 * recipients of one message, is in no package; its three kinds of recipient are 5.1, 5.4 and 5.7.
 */

import { describe, expect, it } from "@jest/globals";
import { appendixExamples } from "./fixtures/jose-appendices.ts";
import { cookbookExamples } from "./fixtures/jose-cookbook.ts";
import { Refused } from "./fixtures/jose-forms.ts";
import { type JoseConsumer, joseOver } from "./fixtures/jose-over-vault.ts";
import { encode, keyCalls } from "./fixtures/key-vault-calls.ts";
import { useVault } from "./fixtures/use-vault.ts";

const shop = useVault("shop");

const [cookbook, appendices] = [cookbookExamples(), appendixExamples()];
const signatures = [...cookbook.signatures, ...appendices.signatures];
const messages = [...cookbook.messages, ...appendices.messages];
const notOffered = [...cookbook.notOffered, ...appendices.notOffered];

async function refusalOf(doing: Promise<unknown>): Promise<string> {
  try {
    return `not refused: ${await doing}`;
  } catch (error) {
    if (error instanceof Refused) {
      return error.message;
    }
    throw error;
  }
}

/** The base64url of other bytes: the first one differs. */
const changed = (text: string): string =>
  encode(Buffer.from(text, "base64url").map((byte, at) => (at === 0 ? byte ^ 1 : byte)));

describe.each([
  ["software", false],
  ["the HSM", true],
])("the RFCs' examples by keys in %s", (_, hsm) => {
  const consumer: JoseConsumer = joseOver(
    keyCalls(() => shop.installation, "shop"),
    hsm,
  );

  it.each(signatures)("verifies $name, and not with another payload", async ({ key, forms }) => {
    for (const jws of forms) {
      expect(await consumer.verify(key, jws)).toBe(true);
      expect(await consumer.verify(key, { ...jws, payload: changed(jws.payload) })).toBe(false);
    }
  });

  it.each(messages)(
    "decrypts $name, and not with another tag",
    async ({ key, forms, plaintext }) => {
      for (const jwe of forms) {
        const opened = await consumer.decrypt(key, jwe);
        expect(Buffer.from(opened).toString()).toBe(plaintext);
        expect(
          await refusalOf(consumer.decrypt(key, { ...jwe, tag: changed(jwe.tag) })),
        ).not.toMatch(/^not refused/);
      }
    },
  );

  it.each(notOffered)("refuses $name: $why", async ({ key, form, says }) => {
    const doing = "tag" in form ? consumer.decrypt(key, form) : consumer.verify(key, form);
    expect(await refusalOf(doing)).toMatch(says);
  });
});

it("has every example of the RFCs in one of the three lists", () => {
  const names = [...signatures, ...messages, ...notOffered].map(({ name }) => name).sort();
  expect(names).toEqual([...new Set(names)]);
  expect([signatures.length, messages.length, notOffered.length]).toEqual([13, 10, 13]);
});
