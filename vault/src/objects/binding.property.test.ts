// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { objectKindSchema, objectNameSchema } from "@strongroom/api";
import {
  deriveSubkey,
  isStrongroomError,
  openValue,
  sealValue,
  sha256,
  utf8,
  type ValueBinding,
} from "@strongroom/core";
import fc from "fast-check";
import { materialBinding } from "./material.ts";
import { objectKey, type VersionName, versionKey, versionPrefix } from "./object-record.ts";

const kind = fc.constantFrom(...objectKindSchema.options);
const letters = "abcKkIiSsZz019-";
const objectName = fc.string({
  unit: fc.constantFrom(...letters),
  minLength: 1,
  maxLength: 6,
});
const version = fc.string({ unit: fc.constantFrom("0", "1", "f"), minLength: 32, maxLength: 32 });
/** The ASCII rule, without the library's idea of case. */
const folded = (name: string) =>
  [...name]
    .map((c) => (c >= "A" && c <= "Z" ? String.fromCharCode(c.charCodeAt(0) + 32) : c))
    .join("");

describe("names", () => {
  it("that differ in case alone are one identity, and no others are", () => {
    fc.assert(
      fc.property(objectName, objectName, kind, (a, b, of) => {
        const same = folded(a) === folded(b);
        const v = "0".repeat(32);
        const on = (name: string): VersionName => ({ kind: of, name, version: v });
        expect(objectKey("u", of, a).id === objectKey("u", of, b).id).toBe(same);
        expect(versionKey("u", on(a)).id === versionKey("u", on(b)).id).toBe(same);
        // The versions of one object are under no other's prefix.
        expect(versionKey("u", on(a)).id.startsWith(versionPrefix(of, b))).toBe(same);
        const [first, second] = [on(a), on(b)].map((name) => materialBinding("u", name, "k"));
        expect(JSON.stringify(first) === JSON.stringify(second)).toBe(same);
      }),
      { numRuns: 5_000 },
    );
  });

  it("are taken in ASCII alone, so that no other alphabet's letters fold into them", () => {
    const lookalikes = fc.constantFrom(
      "\u212a",
      "\u0130",
      "\u0131",
      "\u017f",
      "\uff21",
      "\u00df",
      "a",
      "K",
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.oneof(lookalikes, fc.string({ unit: "binary" })) }),
        (name) => {
          const parsed = objectNameSchema.safeParse(name);
          if (parsed.success) {
            expect(name.toLowerCase()).toBe(folded(name));
            expect(name.toLowerCase().toUpperCase().toLowerCase()).toBe(folded(name));
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

describe("a sealed value", () => {
  const derive = async (label: string, context: Uint8Array) =>
    deriveSubkey(sha256(utf8("data key")), label, context);
  const binding: fc.Arbitrary<ValueBinding> = fc.record({
    scope: fc.constantFrom("vault-1", "vault-2", "installation"),
    kind,
    name: objectName.map(folded),
    version,
    keyId: fc.constantFrom("data-1", "data-2"),
  });
  /** Pairs that differ in one member at most half of the time, else in any. */
  const pair = fc.oneof(
    fc.tuple(binding, binding),
    fc
      .tuple(binding, binding, fc.constantFrom("scope", "kind", "name", "version", "keyId"))
      .map(([a, b, member]) => [a, { ...a, [member]: b[member as keyof ValueBinding] }] as const),
  );

  it("opens under the binding that it was sealed under, and under no other", async () => {
    let opened = 0;
    await fc.assert(
      fc.asyncProperty(pair, fc.uint8Array({ maxLength: 40 }), async ([made, asked], value) => {
        const sealed = await sealValue(derive, made, value);
        const same = JSON.stringify(made) === JSON.stringify({ ...made, ...asked });
        const outcome = await openValue(derive, asked, sealed).then(
          (bytes) => Buffer.from(bytes.reveal()).toString("hex"),
          (error: unknown) => isStrongroomError(error, "StoreTampered"),
        );
        opened += same ? 1 : 0;
        expect(outcome).toBe(same ? Buffer.from(value).toString("hex") : true);
      }),
      { numRuns: 2_000 },
    );
    expect(opened).toBeGreaterThan(100);
  });

  it("does not open once any of its bits was changed", async () => {
    await fc.assert(
      fc.asyncProperty(binding, fc.nat(), fc.nat(7), async (made, place, bit) => {
        const sealed = await sealValue(derive, made, utf8("value"));
        const at = place % sealed.length;
        sealed[at] = (sealed[at] ?? 0) ^ (1 << bit);
        await expect(openValue(derive, made, sealed)).rejects.toMatchObject({
          code: "StoreTampered",
        });
      }),
      { numRuns: 500 },
    );
  });
});
