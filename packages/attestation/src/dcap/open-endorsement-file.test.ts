// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, toHex, u32be, utf8 } from "@strongroom/core";
import { mintIntelEvidence, pemOf } from "@strongroom/testing";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { readDcapEndorsements } from "./dcap-endorsements.ts";
import { openEndorsementFile } from "./open-endorsement-file.ts";

const minted = mintIntelEvidence();
const bundle: Readonly<Record<string, string>> = JSON.parse(
  Buffer.from(minted.endorsements).toString(),
);
const certificate = minted.pki.ca.der;
const crl = Uint8Array.from(Buffer.from(bundle["root_ca_crl"] ?? "", "hex"));
const signature = "ab".repeat(64);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const json = (value: unknown) => utf8(JSON.stringify(value));
const asCertificate = { kind: "certificate", der: certificate };
const asCrl = { kind: "crl", der: crl };
const statement = (kind: string, text = '{"version":3}') => ({
  ...{ kind, text, signature: new Uint8Array(64).fill(0xab) },
});
const pem = pemOf("CERTIFICATE", certificate);

/** Open Enclave's table of seven lengths, and what they are of. */
function blob(...parts: readonly Uint8Array[]): Uint8Array {
  const seven = Array.from({ length: 7 }, (_, index) => parts[index] ?? new Uint8Array());
  const lengths = seven.map(({ length }) =>
    concatBytes(new Uint8Array(8), u32be(length).toReversed(), new Uint8Array(4)),
  );
  return concatBytes(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0), ...lengths, ...seven);
}

/** A text in an object in a text. */
const inText = (text: string) => JSON.stringify({ a: text });

/** An array in as many others. */
const nested = (levels: number): unknown => (levels === 0 ? pem : [nested(levels - 1)]);

/** PEM in base64 in JSON, so often. */
const encoded = (levels: number): string =>
  levels === 0 ? pem : base64(json({ a: encoded(levels - 1) }));

describe("a file with Intel's endorsements", () => {
  it("takes a signature that begins as DER in hexadecimal does for a signature alone", () => {
    const own = `3081${"ff".repeat(62)}`;
    const file = utf8(`{"tcbInfo":{"version":3},"signature":"${own}"}`);
    expect(openEndorsementFile(file)).toMatchObject([
      { kind: "tcb-info", text: '{"version":3}', signature: Buffer.from(own, "hex") },
    ]);
  });

  it.each<[string, Uint8Array, readonly unknown[]]>([
    ["a certificate", certificate, [asCertificate]],
    ["a revocation list", crl, [asCrl]],
    ["hexadecimal", utf8(`${toHex(crl).toUpperCase()}\n`), [asCrl]],
    ["base64", utf8(base64(certificate)), [asCertificate]],
    ["base64 in lines", utf8(base64(certificate).replaceAll(/.{64}/gu, "$&\n")), [asCertificate]],
    [
      "PEM",
      utf8(`\n${pem}${pemOf("X509 CRL", crl)}${pemOf("PUBLIC KEY", crl)}`),
      [asCertificate, asCrl],
    ],
    ["PEM with a zero behind it", utf8(`${pem}\0`), [asCertificate]],
    ["PEM of a header", utf8(encodeURIComponent(pem)), [asCertificate]],
    [
      "PCS's answer about a platform",
      json({ tcbInfo: { version: 3 }, signature }),
      [statement("tcb-info")],
    ],
    [
      "PCS's answer about an enclave",
      json({ enclaveIdentity: { version: 3 }, signature }),
      [statement("identity")],
    ],
    [
      "a bundle",
      json({
        tcb_info: '{"version":3}',
        tcb_info_signature: signature,
        root_ca_crl: toHex(crl),
        n: 3,
      }),
      [statement("tcb-info"), asCrl],
    ],
    [
      "a bundle of the other statement",
      json({
        qe_identity: '{"version":3}',
        qe_identity_signature: signature,
        chain: [pem, base64(crl)],
      }),
      [statement("identity"), asCertificate, asCrl],
    ],
    [
      "a statement in text in a bundle",
      json({ a: JSON.stringify({ tcbInfo: { version: 3 }, signature }) }),
      [statement("tcb-info")],
    ],
    ["a statement without its signature", json({ tcbInfo: { chain: pem } }), [asCertificate]],
    ["Open Enclave's blob", blob(utf8(`${pem}\0`), crl, new Uint8Array()), [asCertificate, asCrl]],
    ["base64 of PEM", utf8(base64(utf8(pem))), [asCertificate]],
    ["base64 of JSON", utf8(base64(json({ chain: pem }))), [asCertificate]],
    ["a few lists", json({ a: nested(3) }), [asCertificate]],
    ["text that begins as DER does", utf8("0 is the first byte of DER"), []],
    ["nothing of these", utf8("word"), []],
    ["short hexadecimal", utf8("3082"), []],
    ["long text", utf8("word ".repeat(50)), []],
    ["hexadecimal of something else", utf8("31".repeat(100)), []],
    ["hexadecimal of DER with more before", utf8(`x${"30".repeat(140)}0`), []],
    ["half a byte", utf8(`3${"0".repeat(140)}`), []],
    ["hexadecimal with more behind", utf8(`${toHex(crl)}x`), []],
    ["base64 with more behind", utf8(`${base64(certificate)}?`), []],
  ])("may hold %s", (_, file, items) => {
    expect(openEndorsementFile(file)).toEqual(items);
  });

  it.each<[string, string, Uint8Array]>([
    ["bytes of something else", "neither DER nor text", Uint8Array.of(0xff, 0xfe)],
    ["more than a MiB", "too long", new Uint8Array(1_048_577).fill(0x20)],
    ["JSON in JSON without end", "nested too deep", json({ a: nested(5) })],
    [
      "JSON in text in JSON without end",
      "nested too deep",
      json({ a: inText(inText(inText(pem))) }),
    ],
    ["base64 in base64 without end", "nested too deep", utf8(encoded(5))],
    ["blobs in blobs without end", "nested too deep", blob(blob(blob(blob(blob(utf8(pem))))))],
    ["a name twice", "there twice", utf8('{"a":1,"a":2}')],
    ["a short signature", "is not 64 bytes", json({ tcbInfo: {}, signature: "ab" })],
    [
      "PEM that is not encoded as it says",
      "percent-encoded",
      utf8("-----BEGIN%20CERTIFICATE%-----"),
    ],
  ])("is malformed with %s: %s", (_, message, file) => {
    expect(() => openEndorsementFile(file)).toThrow(malformedWith(message));
  });

  it("may have a MiB, and blobs in four others", () => {
    const spaces = new Uint8Array(1_048_576 - pem.length).fill(0x20);
    expect(openEndorsementFile(concatBytes(spaces, utf8(pem)))).toEqual([asCertificate]);
    expect(openEndorsementFile(blob(blob(blob(blob(utf8(pem))))))).toEqual([asCertificate]);
  });
});

describe("Intel's endorsements", () => {
  it("are known by their content, each certificate and list once", () => {
    const [one, other] = [
      [certificate, crl, certificate],
      [certificate, crl],
    ].map(readDcapEndorsements);
    expect(one).toMatchObject({ certificates: { length: 1 }, revocationLists: { length: 1 } });
    expect(one?.digest).not.toBe(other?.digest);
    expect(readDcapEndorsements([certificate, crl]).digest).toBe(other?.digest);
    const whole = readDcapEndorsements([minted.endorsements]);
    expect(whole).toMatchObject({ tcbInfos: { length: 1 }, identities: { length: 1 } });
  });

  it("are others with another statement, and with another signature", () => {
    const digestOf = (changes: object) =>
      readDcapEndorsements([json({ ...bundle, ...changes })]).digest;
    const newer = bundle["tcb_info"]?.replace('DataNumber":20', 'DataNumber":21');
    const digests = [{}, { tcb_info: newer }, { qe_identity_signature: signature }].map(digestOf);
    expect(new Set(digests).size).toBe(3);
    expect(digestOf({})).toBe(digests[0]);
    const [one, other] = [certificate, minted.pki.root.der].map((der) =>
      readDcapEndorsements([der]),
    );
    expect(one?.digest).not.toBe(other?.digest);
  });

  it("come in 64 files, of 64 things at most", () => {
    expect(() => readDcapEndorsements(Array(64).fill(crl))).not.toThrow();
    expect(() => readDcapEndorsements(Array(65).fill(crl))).toThrow(
      expect.objectContaining({ code: "BadParameter" }),
    );
    expect(() => readDcapEndorsements([crl, utf8("word")])).toThrow(
      malformedWith("no endorsement of Intel's"),
    );
    const different = (count: number) =>
      utf8(
        Array.from({ length: count }, (_, index) =>
          pemOf("CERTIFICATE", concatBytes(certificate, Uint8Array.of(index))),
        ).join(""),
      );
    expect(() => readDcapEndorsements([different(65)])).toThrow(malformedWith("too many"));
    expect(() => readDcapEndorsements([different(64)])).toThrow(malformedWith("after the end"));
  });
});
