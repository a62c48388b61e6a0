// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import {
  createNvidiaVendor,
  extensionOf,
  type OcspRequest,
  objectId,
  sequence,
} from "@strongroom/testing";
import type { OcspEndorsement } from "../x509/check-ocsp.ts";
import { verifyDevice } from "./verify-device.ts";

const vendor = createNvidiaVendor();
const device = vendor.device();
const roots = [{ name: "test", class: "software" as const, fingerprint: vendor.fingerprint }];
const at = new Date("2026-06-01T00:00:00Z");
const other = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
const serverAuth = sequence(objectId("1.3.6.1.5.5.7.3.1"));
const asked = new Uint8Array(16).fill(9);

function verify(endorsements: readonly OcspEndorsement[], instant = at) {
  const expectation = { nonce: new Uint8Array(32).fill(0x4e), revocation: endorsements };
  return verifyDevice(device, roots, expectation, instant);
}
const respond = (request?: OcspRequest): OcspEndorsement => ({
  response: vendor.revocation(request),
});
type CertificateChanges = Parameters<typeof vendor.delegate>[1];
const delegated = (changes?: CertificateChanges, key = other) => ({
  name: "responder",
  key: other,
  certificate: vendor.delegate(key, changes),
});

describe("the revocation of a device's certificates", () => {
  it.each<[string, OcspRequest | undefined]>([
    ["by the issuer", undefined],
    ["by the issuer, named by its key", { byKey: true }],
    ["with the issuer named by SHA-256", { hash: "sha256" }],
    ["with the issuer named by SHA-384", { hash: "sha384" }],
    ["with the issuer named by SHA-512", { hash: "sha512" }],
    ["with extensions that may be passed over", { extensions: [extensionOf("1.2.3", asked)] }],
    ["from this instant on", { thisUpdate: at }],
    ["up to this instant", { nextUpdate: at }],
    ["by a responder of the issuer's", { responder: delegated() }],
    ["by such a responder, named by its key", { responder: delegated(), byKey: true }],
    ["with a nonce that nobody asked for", { nonce: asked }],
  ])("is known from a response %s", (_, request) => {
    expect(verify([respond(request)])).toMatchObject({ claims: { revocation: "checked" } });
  });

  it.each<[string, string, OcspRequest]>([
    ["that it was revoked", "revoked", { status: "revoked" }],
    ["that it was, without a reason", "revoked", { status: "revoked without a reason" }],
    ["that it is on hold", "revoked", { status: "hold" }],
    ["that it is unknown", "endorsements-unavailable", { status: "unknown" }],
    ["why there is no answer", "endorsements-unavailable", { outcome: 3 }],
    ["about another number", "endorsements-unavailable", { serial: 8 }],
    ["about another issuer's name", "endorsements-unavailable", { issuerName: "other" }],
    ["about another issuer's key", "endorsements-unavailable", { issuerKey: other }],
    ["without an end", "endorsements-unavailable", { nextUpdate: null }],
    ["that has ended", "expired", { nextUpdate: new Date("2026-05-31T23:59:59Z") }],
    ["that begins later", "expired", { thisUpdate: new Date("2026-06-01T00:00:01Z") }],
    ["that another key signed", "bad-signature", { signer: other }],
    [
      "of another issuer's, in its name",
      "bad-signature",
      { responder: { name: "root", key: other } },
    ],
    ["of another issuer's", "untrusted-chain", { responder: { name: "other", key: other } }],
    [
      "of a responder whose certificate is another's",
      "untrusted-chain",
      { responder: { ...delegated(), name: "other" } },
    ],
    [
      "of a responder without the purpose",
      "untrusted-chain",
      { responder: delegated({ extensions: {} }) },
    ],
    [
      "of a responder for another purpose",
      "untrusted-chain",
      { responder: delegated({ extensions: { "2.5.29.37": serverAuth } }) },
    ],
    [
      "of a responder that may not sign",
      "untrusted-chain",
      { responder: delegated({ usage: 0x20 }) },
    ],
    ["of a responder that is a CA", "untrusted-chain", { responder: delegated({ isCa: true }) }],
    [
      "of a responder whose certificate has expired",
      "expired",
      { responder: delegated({ notAfter: new Date("2026-05-01T00:00:00Z") }) },
    ],
    [
      "of a responder of another issuer's",
      "untrusted-chain",
      { responder: delegated({ issuer: "other" }) },
    ],
    [
      "of a responder that a stranger certified",
      "untrusted-chain",
      {
        responder: {
          ...delegated(),
          certificate: createNvidiaVendor().delegate(other),
        },
      },
    ],
    ["with a critical extension", "malformed", { extensions: [extensionOf("1.2.3", asked, true)] }],
    [
      "with a critical extension of the status",
      "malformed",
      { singleExtensions: [extensionOf("1.2.3", asked, true)] },
    ],
  ])("is refused by a response %s: %s", (_, refusal, request) => {
    expect(verify([respond(request)])).toMatchObject({ kind: "refused", class: refusal });
  });

  it("is said as it is: revoked, or on hold", () => {
    const reasonOf = (request: OcspRequest) => verify([respond(request)]);
    expect(reasonOf({ status: "hold" })).toMatchObject({
      reason: expect.stringMatching(/on hold$/u),
    });
    expect(reasonOf({ status: "revoked" })).toMatchObject({
      reason: expect.stringMatching(/revoked$/u),
    });
  });

  it("is that of the certificate between leaf and root, which the root issued", () => {
    const evidence = vendor.device({ intermediate: { serial: 9 } });
    const judge = (serial: number) =>
      verifyDevice(evidence, roots, { nonce: "unbound", revocation: [respond({ serial })] }, at);
    expect(judge(9)).toMatchObject({ claims: { revocation: "checked" } });
    expect(judge(7)).toMatchObject({ class: "endorsements-unavailable" });
  });

  it("is unknown without a response, and no reason to refuse where the caller says so", () => {
    expect(verify([])).toMatchObject({ class: "endorsements-unavailable" });
    const unasked = { nonce: "unbound", revocation: "unbound" } as const;
    expect(verifyDevice(device, roots, unasked, at)).toMatchObject({
      claims: { revocation: "unbound" },
    });
  });

  it("is refused if any response that holds says so, whatever the others say", () => {
    const [good, hold] = [respond(), respond({ status: "hold" })];
    const past = respond({ status: "hold", nextUpdate: new Date("2026-05-31T12:00:00Z") });
    const forged = respond({ status: "revoked", signer: other });
    for (const responses of [
      [good, hold],
      [hold, good],
    ]) {
      expect(verify(responses)).toMatchObject({ class: "revoked" });
    }
    for (const responses of [
      [past, good],
      [forged, good],
      [respond({ serial: 8 }), good],
    ]) {
      expect(verify(responses)).toMatchObject({ kind: "verified" });
    }
  });

  it("answers the nonce that was asked with", () => {
    const nonceOf = (nonce?: Uint8Array) => ({
      ...respond(nonce === undefined ? {} : { nonce }),
      nonce: asked,
    });
    expect(verify([nonceOf(asked)]).kind).toBe("verified");
    expect(verify([nonceOf()])).toMatchObject({ class: "binding-mismatch" });
    expect(verify([nonceOf(asked.map(() => 1))])).toMatchObject({ class: "binding-mismatch" });
  });

  it("is asked only of evidence that is genuine otherwise", () => {
    const expectation = { nonce: new Uint8Array(32), revocation: [] };
    expect(verifyDevice(device, roots, expectation, at)).toMatchObject({
      class: "binding-mismatch",
    });
    const forged = vendor.device({ signer: other });
    expect(verifyDevice(forged, roots, expectation, at)).toMatchObject({ class: "bad-signature" });
  });

  it("is known from no response with one bit changed, wherever it is", () => {
    const { response } = respond({ responder: delegated(), nonce: asked });
    for (let offset = 0; offset < response.length; offset += 11) {
      const changed = response.map((byte, index) => (index === offset ? byte ^ 1 : byte));
      const verdict = verify([{ response: changed, nonce: asked }]);
      expect([offset, verdict.kind]).toEqual([offset, "refused"]);
    }
  });
});
