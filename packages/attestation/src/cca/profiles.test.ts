// SPDX-License-Identifier: Apache-2.0
/** What differs between the profiles of tokens: which claim binds the realm's, and what else has to be there. draft-ffm-rats-cca-token-04. */

import { describe, expect, it } from "@jest/globals";
import { type CcaTokenRequest, createCcaVendor } from "@strongroom/testing";
import { toCcaClaims } from "./cca-claims.ts";
import { verifyCcaToken } from "./verify-cca-token.ts";

const vendor = createCcaVendor();
const key = { name: "test", class: "software", key: vendor.platformKey } as const;
const challenge = new Uint8Array(64).fill(0xc0);
const verify = (request: CcaTokenRequest) =>
  verifyCcaToken(vendor.token({ form: "wrapped", ...request }), [key], { challenge });

const instance = Uint8Array.of(1, ...new Uint8Array(32).fill(0x1d));
const realm2026 = { 265: "tag:arm.com,2026:realm#2.0.0", 256: instance, 44243: 1 };
const second = { 265: "tag:arm.com,2024:cca_platform#2.0.0", 2394: 1 };
const third = { 265: "tag:arm.com,2026:cca_platform#2.0.0", 2394: 1 };

/** A token of 2026, with changes. */
const later = (changes: Pick<CcaTokenRequest, "platform" | "realm"> = {}): CcaTokenRequest => ({
  bindingClaim: 2408,
  platform: { ...third, ...changes.platform },
  realm: { ...realm2026, ...changes.realm },
});
const hesrak = (answered: Uint8Array | undefined) =>
  later({ platform: { 265: `${third[265]};HESRAK`, 10: answered } });

describe("a cca token's profile", () => {
  it.each<[string, CcaTokenRequest]>([
    ["2023, 1.0.0", { platform: { 265: "tag:arm.com,2023:cca_platform#1.0.0" } }],
    ["2024, 1.1.0", { platform: { 265: "tag:arm.com,2024:cca_platform#1.1.0" } }],
    ["2024, 2.0.0", { platform: second, realm: { 265: "tag:arm.com,2024:realm#2.0.0" } }],
    ["2026, 2.0.0", later()],
    ["2026, 2.0.0, with a realm that names none", later({ realm: { 265: undefined } })],
    [
      "2026, 2.0.0, with a realm of 2024",
      later({ realm: { 265: "tag:arm.com,2024:realm#2.0.0" } }),
    ],
    ["2026, 2.0.0, delegated", later({ platform: { 265: `${third[265]};delegated` } })],
    [
      "2026, 2.0.0, delegated in RMM's spelling",
      later({ platform: { 265: `${third[265]}#delegated` } }),
    ],
    ["2026, 2.1.0", later({ platform: { 265: "tag:arm.com,2026:cca_platform#2.1.0" } })],
    ["2026, 2.0.0, with the realm's key within the hardware", hesrak(challenge)],
  ])("may be that of %s", (_, request) => {
    expect(verify(request)).toMatchObject({ kind: "verified", claims: { binding: "bound" } });
  });

  it.each<[string, string, CcaTokenRequest]>([
    ["of 2024, direct", "malformed", { platform: { ...second, 265: `${second[265]};direct` } }],
    ["of 2026, direct", "malformed", later({ platform: { 265: `${third[265]};direct` } })],
    ["of 2026 with another ending", "malformed", later({ platform: { 265: `${third[265]};` } })],
    ["of 2027", "malformed", later({ platform: { 265: "tag:arm.com,2027:cca_platform#2.0.0" } })],
    ["of 2026 that is bound by its challenge", "malformed", { platform: third, realm: realm2026 }],
    ["of 2026 with a challenge too", "malformed", later({ platform: { 10: challenge } })],
    [
      "of 2026 that binds another key",
      "binding-mismatch",
      later({ platform: { 2408: new Uint8Array(32) } }),
    ],
    [
      "of 2026 that binds too few bytes",
      "malformed",
      later({ platform: { 2408: new Uint8Array(31) } }),
    ],
    ["of 2023 that is bound by the claim of 2026", "malformed", { bindingClaim: 2408 }],
    [
      "of 2023 with the right digest in the claim of 2026 alone",
      "binding-mismatch",
      { bindingClaim: 2408, platform: { 10: new Uint8Array(32) } },
    ],
    ["with the realm's key within the hardware, and no challenge", "malformed", hesrak(undefined)],
    [
      "with the realm's key within the hardware, and another challenge",
      "binding-mismatch",
      hesrak(new Uint8Array(64)),
    ],
    ["of 2024 that was made for nobody", "malformed", { platform: { ...second, 2394: undefined } }],
    ["of 2024 that was made for another domain", "malformed", { platform: { ...second, 2394: 2 } }],
    ["of 2026 that was made for another domain", "malformed", later({ platform: { 2394: -1 } })],
    ["of 2026 without its realm's instance", "malformed", later({ realm: { 256: undefined } })],
    ["of 2026 without its memory's policy", "malformed", later({ realm: { 44243: undefined } })],
    [
      "of 2026 with a realm of another type",
      "malformed",
      later({ realm: { 256: new Uint8Array(33).fill(2) } }),
    ],
    ["of 2026 with a short instance", "malformed", later({ realm: { 256: new Uint8Array(32) } })],
    ["of 2026 with a policy that is none", "malformed", later({ realm: { 44243: 2 } })],
    [
      "of 2026 with live activation that is none",
      "malformed",
      later({ realm: { 44244: "maybe" } }),
    ],
  ])("is refused %s: %s", (_, refusal, request) => {
    expect(verify(request)).toMatchObject({ kind: "refused", class: refusal });
  });
});

describe("claims of a realm since 2024", () => {
  const claimsOf = (realm: CcaTokenRequest["realm"] = {}) => {
    const verdict = verify(later({ realm }));
    return verdict.kind === "verified" ? toCcaClaims(verdict.claims) : {};
  };

  it("are its instance, its memory's encryption and whether firmware may change under it", () => {
    expect(claimsOf({ 44244: 1 })).toMatchObject({
      "x-strongroom-cca-live-activation": "allow",
      "x-strongroom-cca-memory-encryption": "private",
      "x-strongroom-cca-realm-instance-id": `01${"1d".repeat(32)}`,
    });
  });

  it("may be spelled by name, and are left out where nothing is said", () => {
    const of2024 = { 265: "tag:arm.com,2024:realm#2.0.0", 256: undefined };
    const named = claimsOf({ ...of2024, 44243: "shared", 44244: "disallow" });
    expect(named["x-strongroom-cca-memory-encryption"]).toBe("shared");
    expect(named["x-strongroom-cca-live-activation"]).toBe("disallow");
    expect(named).not.toHaveProperty("x-strongroom-cca-realm-instance-id");
    const bare = claimsOf({ ...of2024, 44243: undefined });
    expect(bare).not.toHaveProperty("x-strongroom-cca-memory-encryption");
    expect(bare).not.toHaveProperty("x-strongroom-cca-live-activation");
  });

  it("are not read of tokens of 2023, where their numbers have no meaning", () => {
    const realm = { 265: "tag:arm.com,2023:realm#1.0.0", 256: 7, 44243: 9, 44244: 9 };
    expect(verify({ realm })).toMatchObject({ kind: "verified" });
  });
});
