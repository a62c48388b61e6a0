// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { createRimVendor, type OcspRequest, type RimRequest } from "@strongroom/testing";
import { nvidiaRoots } from "./verify-device.ts";
import { nvidiaRimRoots, verifyRim } from "./verify-rim.ts";

const vendor = createRimVendor();
const roots = [{ name: "test", class: "software" as const, fingerprint: vendor.fingerprint }];
const at = new Date("2026-06-01T00:00:00Z");
const verify = (request?: RimRequest, instant = at) =>
  verifyRim(vendor.rim(request), roots, "unbound", instant);
const written = (from: string | RegExp, to: string): RimRequest => ({
  written: (text) => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    return changed;
  },
});
const other = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;

describe("a signed manifest of nvidia's reference values", () => {
  it("is verified under the vendor's root, and under no other", () => {
    expect(verify()).toMatchObject({
      claims: { root: { name: "test" }, revocation: "unbound", rim: { version: "590.12" } },
    });
    for (const pinned of [nvidiaRimRoots, nvidiaRoots, []]) {
      expect(verifyRim(vendor.rim(), pinned, "unbound", at)).toMatchObject({
        class: "untrusted-chain",
      });
    }
  });

  it("says when the first of its certificates ends", () => {
    const notAfter = new Date("2027-01-01T00:00:00Z");
    expect(verify({ leaf: { notAfter } })).toMatchObject({ claims: { expires: notAfter } });
    expect(verify({ intermediate: { notAfter } })).toMatchObject({ claims: { expires: notAfter } });
  });

  it.each<[string, RimRequest]>([
    ["empty elements", written(/><\/ns0:Resource>/gu, " />")],
    [
      "other quotes and order",
      written('corpus="false" name="GH100"', "name='GH100'  corpus='false'"),
    ],
    ["line ends of another system", written(/\n/gu, "\r\n")],
    ["references", written('name="GH100"', 'name="GH&#49;00"')],
    ["a declaration", written(/^/u, '<?xml version="1.0" encoding="utf-8"?>\n')],
    ["wrapped base64", written(/<ds:SignatureValue>.{20}/u, "$&\n ")],
    [
      "namespaces declared again",
      written("<ns0:Payload>", `<ns0:Payload xmlns:ns2="http://www.w3.org/2001/04/xmlenc#sha384">`),
    ],
  ])("may be written with %s", (_, request) => {
    expect(verify(request).kind).toBe("verified");
  });

  it("may name Canonical XML 1.0, which is the same here", () => {
    const older = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    const name = (text: string) => text.replaceAll("http://www.w3.org/2006/12/xml-c14n11", older);
    expect(verify({ signedInfo: name }).kind).toBe("verified");
  });

  it.each<[string, string, RimRequest, Date?]>([
    ["by another key", "bad-signature", { signer: other }],
    ["with another value", "bad-signature", written('ns2:Hash0="02', 'ns2:Hash0="03')],
    ["with another version", "bad-signature", written('"590.12"', '"590.13"')],
    ["with another edition", "bad-signature", written('edition="GPU"', 'edition="SWITCH"')],
    [
      "with a value made inactive",
      "bad-signature",
      {
        ...written('active="True"', 'active="False"'),
        values: [
          [1, [new Uint8Array(48)]],
          [2, [new Uint8Array(48)]],
        ],
      },
    ],
    ["with white space more", "bad-signature", written("  <ns0:Meta", "   <ns0:Meta")],
    [
      "with a namespace more",
      "bad-signature",
      written("<ns0:Payload>", '<ns0:Payload xmlns:n="u:x">'),
    ],
    ["with a prefix for another", "bad-signature", written(/ns0:Entity/gu, "Entity")],
    [
      "with the digest of another",
      "bad-signature",
      written(/<ds:DigestValue>.{4}/u, "<ds:DigestValue>AAAA"),
    ],
    ["without a path to the root", "untrusted-chain", { certificates: 1 }],
    ["without the root", "untrusted-chain", { certificates: 2 }],
    ["of a signer that is a CA", "untrusted-chain", { leaf: { isCa: true } }],
    ["of a signer that may not sign", "untrusted-chain", { leaf: { usage: 0x20 } }],
    ["of a CA that is none", "untrusted-chain", { intermediate: { isCa: false } }],
    ["of a certificate with SHA-256", "untrusted-chain", { leaf: { hash: "sha256" } }],
    ["with a critical extension", "untrusted-chain", { intermediate: { critical: true } }],
    [
      "whose signer's certificate has expired",
      "expired",
      { leaf: { notAfter: new Date("2026-05-31T23:59:59Z") } },
    ],
    [
      "whose signer's certificate is not in force yet",
      "expired",
      { leaf: { notBefore: new Date("2026-06-02T00:00:00Z") } },
    ],
    [
      "whose CA's certificate has expired",
      "expired",
      { intermediate: { notAfter: new Date("2026-01-01T00:00:00Z") } },
    ],
    ["after the root", "expired", {}, new Date("2050-01-01T00:00:00Z")],
    ["before it", "expired", {}, new Date("2021-01-01T00:00:00Z")],
  ])("is refused %s: %s", (_, refusal, request, instant = at) => {
    expect(verify(request, instant)).toMatchObject({ kind: "refused", class: refusal });
  });

  it("is refused for its chain before its signature, and without any certificate", () => {
    expect(verify({ certificates: 1, signer: other })).toMatchObject({ class: "untrusted-chain" });
    expect(verify({ certificates: 0 })).toMatchObject({ class: "malformed" });
  });

  it("is refused with one character changed, wherever it is", () => {
    const rim = vendor.rim();
    for (let offset = 0; offset < rim.length - 1; offset += 23) {
      const changed = rim.map((byte, index) => (index === offset ? byte ^ 1 : byte));
      const verdict = verifyRim(changed, roots, "unbound", at);
      expect([offset, verdict.kind]).toEqual([offset, "refused"]);
    }
  });

  it.each<[string, string, OcspRequest?, OcspRequest?]>([
    ["good", "checked"],
    ["of a revoked signer", "revoked", { status: "revoked" }],
    ["of a signer on hold", "revoked", { status: "hold" }],
    ["of a CA on hold", "revoked", {}, { status: "hold" }],
    ["of an unknown signer", "endorsements-unavailable", { status: "unknown" }],
    ["past", "expired", { nextUpdate: new Date("2026-05-31T12:00:00Z") }],
    ["about other signers", "endorsements-unavailable", { serial: 8 }],
  ])("has certificates with responses %s: %s", (_, outcome, signer = {}, ca = {}) => {
    const responses = vendor.revocation(signer, ca).map((response) => ({ response }));
    expect(verifyRim(vendor.rim(), roots, responses, at)).toMatchObject(
      outcome === "checked" ? { claims: { revocation: "checked" } } : { class: outcome },
    );
  });

  it("needs a response about its signer's certificate as well as its CA's", () => {
    for (const response of vendor.revocation()) {
      expect(verifyRim(vendor.rim(), roots, [{ response }], at)).toMatchObject({
        class: "endorsements-unavailable",
      });
    }
    const forged = vendor.rim({ signer: other });
    expect(verifyRim(forged, roots, [], at)).toMatchObject({ class: "bad-signature" });
  });
});
