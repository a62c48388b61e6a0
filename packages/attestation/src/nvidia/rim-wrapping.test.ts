// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { createRimVendor, type RimRequest } from "@strongroom/testing";
import { verifyRim } from "./verify-rim.ts";

const vendor = createRimVendor();
const roots = [{ name: "test", class: "software" as const, fingerprint: vendor.fingerprint }];
const verify = (request?: RimRequest) =>
  verifyRim(vendor.rim(request), roots, "unbound", new Date("2026-06-01T00:00:00Z"));
/** The change is made behind the signer's back. */
const written = (from: string | RegExp, to: string): RimRequest => ({
  written: (text) => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    return changed;
  },
});
/** The change is made, and signed. */
const info = (from: string | RegExp, to: string): RimRequest => ({
  signedInfo: (text) => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    return changed;
  },
});
const signature = /<ds:Signature .*<\/ds:Signature>/su;

const end = "</SoftwareIdentity>";

/** Puts what was signed and its signature where somebody may look for one of them, and not for the other. */
const wrap = (place: (inner: string, signature: string) => string): RimRequest => ({
  written: (text) => {
    const [moved = ""] = signature.exec(text) ?? [];
    return place(text.replace(moved, "").trim(), moved);
  },
});
/** A document with a value of the attacker's. */
const forge = (inner: string) => inner.replace('ns2:Hash0="02', 'ns2:Hash0="03');
/** It, with what was signed in it. */
const within = (inner: string) =>
  forge(inner.replace(signature, "")).replace("<ns0:Meta", `<ns0:Link>${inner}</ns0:Link>$&`);

describe("a signature of nvidia's reference values", () => {
  it.each<[string, RimRequest]>([
    ["without a signature", written(signature, "")],
    ["with its signature twice", written(signature, "$&$&")],
    [
      "with its signature elsewhere",
      wrap((inner, moved) => inner.replace("<ns0:Payload>", `<ns0:Payload>${moved}`)),
    ],
    [
      "with what was signed, and its signature, within",
      wrap((inner, moved) => within(inner.replace(end, `${moved}${end}`))),
    ],
    [
      "with what was signed in its signature",
      wrap((inner, moved) =>
        forge(inner).replace(
          end,
          `${moved.replace("</ds:KeyInfo>", `$&<ds:Object>${inner}</ds:Object>`)}${end}`,
        ),
      ),
    ],
    [
      "with another signature in its own",
      written("</ds:X509Data>", "</ds:X509Data><ds:Signature></ds:Signature>"),
    ],
    ["of which a part is signed", info('URI=""', 'URI="#part"')],
    ["of which a file is signed", info('URI=""', 'URI="file:///etc/hostname"')],
    ["of which a part is signed by its type", info('URI=""', 'Type="u:x" URI=""')],
    ["with no reference", info(/<ds:Reference.*<\/ds:Reference>/u, "")],
    [
      "with two references",
      info("</ds:Reference>", '</ds:Reference><ds:Reference URI=""></ds:Reference>'),
    ],
    [
      "with a transform more",
      info(
        "</ds:Transforms>",
        '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"></ds:Transform></ds:Transforms>',
      ),
    ],
    [
      "with another transform",
      info(
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2002/06/xmldsig-filter2",
      ),
    ],
    [
      "with something in a transform",
      info('enveloped-signature">', 'enveloped-signature"><ds:XPath>a</ds:XPath>'),
    ],
    ["with the transforms in another order", info("enveloped-signature", "enveloped")],
    ["in a form with comments", info("xml-c14n11", "xml-c14n11#WithComments")],
    [
      "in an exclusive form",
      info("http://www.w3.org/2006/12/xml-c14n11", "http://www.w3.org/2001/10/xml-exc-c14n#"),
    ],
    [
      "by a code that is no signature",
      info("xmldsig-more#ecdsa-sha384", "xmldsig-more#hmac-sha384"),
    ],
    ["by a weaker hash", info("xmldsig-more#sha384", "xmldsig#sha1")],
    ["by a named key", written("<ds:X509Data>", "<ds:KeyName>a</ds:KeyName><ds:X509Data>")],
    [
      "by a key that is fetched",
      written(
        /<ds:X509Data>.*<\/ds:X509Data>/su,
        '<ds:RetrievalMethod URI="http://localhost/"></ds:RetrievalMethod>',
      ),
    ],
    [
      "with a list of revocations",
      written("</ds:X509Data>", "<ds:X509CRL>AA==</ds:X509CRL></ds:X509Data>"),
    ],
    [
      "by certificates in another namespace",
      written(/<ds:KeyInfo>(.*)<\/ds:KeyInfo>/su, "<KeyInfo>$1</KeyInfo>"),
    ],
    ["without certificates", { certificates: 0 }],
    [
      "with too many certificates",
      written(
        /<ds:X509Certificate>.*?<\/ds:X509Certificate>/su,
        Array<string>(17).fill("$&").join(""),
      ),
    ],
    [
      "with a certificate that is none",
      written(/<ds:X509Certificate>.{4}/u, "<ds:X509Certificate>AAAA"),
    ],
    ["with a signature in no base64", written("<ds:SignatureValue>", "<ds:SignatureValue>*")],
    ["with a longer signature", written("<ds:SignatureValue>", "<ds:SignatureValue>AAAA")],
    ["with a shorter digest", written(/<ds:DigestValue>.{4}/u, "<ds:DigestValue>")],
    [
      "with an attribute of a signature's",
      written("<ds:SignatureValue>", '<ds:SignatureValue Id="a">'),
    ],
    ["with text in its signature", written("<ds:KeyInfo>", "a<ds:KeyInfo>")],
    [
      "with an element in a value",
      written("<ds:SignatureValue>", "<ds:SignatureValue><ds:a></ds:a>"),
    ],
    ["with a type", written(/^/u, "<!DOCTYPE a>")],
    ["with a comment", written("<ns0:Payload>", "<ns0:Payload><!-- a -->")],
  ])("is malformed %s", (_, request) => {
    expect(verify(request)).toMatchObject({ kind: "refused", class: "malformed" });
  });

  it.each([
    [
      "in another's root",
      wrap((inner, moved) => within(inner).replace(/<\/SoftwareIdentity>$/u, `${moved}$&`)),
    ],
    [
      "in its own place, what it signed within",
      wrap((inner, moved) =>
        forge(inner)
          .replace("<ns0:Meta", `<ns0:Link>${inner}</ns0:Link>$&`)
          .replace(/<\/SoftwareIdentity>$/u, `${moved}$&`),
      ),
    ],
  ])("is not good %s", (_, request) => {
    expect(verify(request)).toMatchObject({ kind: "refused", class: "bad-signature" });
  });
});
