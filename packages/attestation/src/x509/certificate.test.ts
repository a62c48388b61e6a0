// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { fromHex, toHex, utf8 } from "@strongroom/core";
import { commonName, pemOf } from "@strongroom/testing";
import type { Extension } from "pkijs";
import {
  basicConstraints,
  issuerNamed,
  keyUsageBits,
  mintCertificate,
  purpose,
  rawExtension,
} from "../__fixtures__/certificates.ts";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import {
  type Certificate,
  isIssuedBy,
  parseCertificate,
  parsePemCertificates,
  toSerial,
} from "./certificate.ts";
import { checkPath } from "./check-path.ts";
import { caConstraint, extendedKeyUsage, hasKeyUsage } from "./extensions.ts";
import { findPaths } from "./find-paths.ts";
import { parsePemBlocks } from "./pem.ts";

const rsa = issuerNamed("ca", generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey);
const [notBefore, notAfter] = [new Date("2026-01-01T00:00:00Z"), new Date("2027-01-01T00:00:00Z")];
const mint = (...extensions: readonly Extension[]) =>
  mintCertificate({
    ...{ subject: "leaf", publicKey: rsa.publicKey, issuer: rsa, extensions, notBefore, notAfter },
  });
const filler = (id: number, length = 1) => rawExtension(`1.2.3.${id}`, new Uint8Array(length));

describe("a certificate", () => {
  it("has what is asked of it, in memory of its own", () => {
    const bytes = mint(filler(1));
    const whole = bytes.slice();
    const parsed = parseCertificate(bytes);
    bytes.fill(0);
    expect(parsed).toMatchObject({
      ...{ der: whole, issuer: toHex(commonName("ca")), subject: toHex(commonName("leaf")) },
      ...{ serial: "7", notBefore, notAfter, signatureAlgorithm: "1.2.840.113549.1.1.11" },
      extensions: new Map([["1.2.3.1", { critical: true, value: Uint8Array.of(0) }]]),
    });
    expect(parsed.publicKey.equals(rsa.publicKey)).toBe(true);
    expect(parsed.isSignedBy(rsa.publicKey)).toBe(true);
  });

  it("spells a serial number in one way", () => {
    expect(toSerial(Uint8Array.of(0, 0x80))).toBe("80");
    expect(toSerial(Uint8Array.of(0, 0x0a, 0, 0x10))).toBe("a0010");
  });

  it("has 8192 bytes and 32 extensions at most", () => {
    const room = 8192 - mint(filler(1, 7000)).length;
    const longest = mint(filler(1, 7000 + room));
    expect(longest).toHaveLength(8192);
    expect(parseCertificate(longest).extensions.size).toBe(1);
    expect(() => parseCertificate(mint(filler(1, 7001 + room)))).toThrow(malformedWith("too long"));
    const many = Array.from({ length: 33 }, (_, index) => filler(index));
    expect(parseCertificate(mint(...many.slice(1))).extensions.size).toBe(32);
    expect(() => parseCertificate(mint(...many))).toThrow(malformedWith("too many extensions"));
    // Refused before a library makes objects of each, which takes it a tenth of a second.
    const more = Array.from({ length: 180 }, (_, index) => filler(index + 1, 1));
    expect(() => parseCertificate(mint(...more))).toThrow(malformedWith("too many others"));
    expect(() => parseCertificate(mint(filler(1), filler(1)))).toThrow(malformedWith("twice"));
  });

  it("names one signature algorithm, and is one", () => {
    const hex = toHex(mint());
    const oid = "2a864886f70d01010b";
    const at = hex.lastIndexOf(oid);
    const other = `${hex.slice(0, at)}2a864886f70d01010c${hex.slice(at + oid.length)}`;
    expect(() => parseCertificate(fromHex(other))).toThrow(
      malformedWith("two signature algorithms"),
    );
    expect(() => parseCertificate(fromHex("3003020101"))).toThrow(malformedWith("not an X.509"));
  });

  it("is in PEM between its lines, one or several", () => {
    const [one, two] = [mint(filler(1)), mint(filler(2))];
    const pem = `text\n${pemOf("CERTIFICATE", one)}more\n${pemOf("CERTIFICATE", two)}`;
    expect(parsePemCertificates(pem)).toEqual([one, two]);
    expect(() => parsePemCertificates("text")).toThrow(malformedWith("no PEM certificate"));
    expect(() => parsePemCertificates(pem.slice(0, -30))).toThrow(malformedWith("no end"));
  });

  it("is in a block of PEM among others", () => {
    const pem = `text\n${pemOf("X509 CRL", utf8("a"))}\nmore ${pemOf("CERTIFICATE", utf8("b"))}`;
    expect(parsePemBlocks(pem)).toEqual([
      { label: "X509 CRL", der: utf8("a") },
      { label: "CERTIFICATE", der: utf8("b") },
    ]);
    expect(parsePemBlocks("text")).toEqual([]);
    const block = "-----BEGIN A-----\n-----END A-----\n";
    expect(parsePemBlocks(block.repeat(4096))).toHaveLength(4096);
    expect(() => parsePemBlocks(block.repeat(4097))).toThrow(malformedWith("too many PEM blocks"));
    for (const broken of [
      pem.slice(0, -20),
      pem.replace("END X509 CRL", "END CRL"),
      "-----BEGIN A",
    ]) {
      expect(() => parsePemBlocks(broken)).toThrow(malformedWith("no end"));
    }
  });
});

describe("extensions", () => {
  const parse = (...extensions: readonly Extension[]) => parseCertificate(mint(...extensions));

  it("say what a key may do, and nothing where they are missing", () => {
    expect(caConstraint(parse())).toEqual({ isCa: false });
    expect(caConstraint(parse(basicConstraints(false)))).toEqual({ isCa: false });
    expect(caConstraint(parse(basicConstraints(true, 0)))).toEqual({ isCa: true, pathLength: 0 });
    expect(hasKeyUsage(parse(), 0xff)).toBe(false);
    expect(hasKeyUsage(parse(keyUsageBits(0x06)), 0x04)).toBe(true);
    expect(hasKeyUsage(parse(keyUsageBits(0x06)), 0x80)).toBe(false);
    expect(extendedKeyUsage(parse())).toBeUndefined();
    expect(extendedKeyUsage(parse(purpose("1.2.3")))).toEqual(["1.2.3"]);
  });

  it.each<[string, string, string, string]>([
    ["a negative path length", "2.5.29.19", "30060101ff0201ff", "no small number"],
    [
      "a path length beyond numbers",
      "2.5.29.19",
      `30130101ff020e${"7f".repeat(14)}`,
      "no small number",
    ],
    ["a constraint that is a number", "2.5.29.19", "020101", "another form"],
    ["a usage that is a number", "2.5.29.15", "020106", "no bit string"],
    ["a usage of no bits", "2.5.29.15", "030100", "no bit string"],
    ["a usage in BER", "2.5.29.15", "0381020106", "shortest form"],
  ])("are malformed with %s", (_, oid, hex, message) => {
    const certificate = parse(rawExtension(oid, fromHex(hex)));
    expect(() => [caConstraint(certificate), hasKeyUsage(certificate, 1)]).toThrow(
      malformedWith(message),
    );
  });
});

describe("a path", () => {
  /** Certificates from the root on, each issued by the one before it. */
  function chain(length: number, ...extensions: readonly Extension[]): readonly Certificate[] {
    const holders = Array.from({ length }, (_, index) => issuerNamed(`holder ${index}`));
    return holders.map((holder, index) =>
      parseCertificate(
        mintCertificate({
          ...{ subject: holder.subject, publicKey: holder.publicKey },
          issuer: holders[Math.max(0, index - 1)] ?? holder,
          ...{ extensions: [basicConstraints(index < length - 1), ...extensions] },
          ...{ notBefore, notAfter },
        }),
      ),
    );
  }

  it("has six certificates at most, and never one alone", () => {
    const [root, ...six] = chain(6) as [Certificate, ...Certificate[]];
    const leaf = six.at(-1) as Certificate;
    expect(findPaths(leaf, six, [root])).toEqual([[...six.toReversed(), root]]);
    const [other, ...seven] = chain(7) as [Certificate, ...Certificate[]];
    expect(findPaths(seven.at(-1) as Certificate, seven, [other])).toEqual([]);
    expect(findPaths(root, [], [root])).toEqual([]);
    expect(isIssuedBy(leaf, root)).toBe(false);
    expect(isIssuedBy(root, root)).toBe(true);
  });

  it("is valid from its first instant to its last, for one of its purposes", () => {
    const [root, leaf] = chain(2, keyUsageBits(0x04), purpose("1.2.1")) as [
      Certificate,
      Certificate,
    ];
    const usual = {
      purposes: ["1.2.3", "1.2.1"],
      withoutPurpose: "refused",
      leafExtensions: [],
    } as const;
    const check = (at: number) => checkPath([leaf, root], { ...usual, at: new Date(at) });
    expect(check(notBefore.getTime())).toBeUndefined();
    expect(check(notAfter.getTime())).toBeUndefined();
    expect(check(notBefore.getTime() - 1)).toMatchObject({ class: "expired" });
    expect(check(notAfter.getTime() + 1)).toMatchObject({ class: "expired" });
  });
});
