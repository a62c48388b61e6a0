// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { fromHex } from "@strongroom/core";
import {
  der,
  integer,
  mintIntelEvidence,
  mintIntelPki,
  objectId,
  sequence,
} from "@strongroom/testing";
import { at, verifyEvidence } from "../__fixtures__/intel.ts";
import { parseCertificate } from "../x509/certificate.ts";
import { toDcapClaims } from "./dcap-claims.ts";
import { readPckPlatform } from "./pck-certificate.ts";

const sgx = "1.2.840.113741.1.13.1";
const entry = (id: string, value: Uint8Array) => sequence(objectId(`${sgx}${id}`), value);
const octets = (hex: string) => der(0x04, fromHex(hex));
const boolean = (value: boolean) => der(0x01, Uint8Array.of(value ? 0xff : 0));

interface Changes {
  readonly components?: Readonly<Record<number, Uint8Array>>;
  readonly entries?: Readonly<Record<string, Uint8Array | undefined>>;
  readonly more?: readonly Uint8Array[];
}

/** The description of the usual platform, with these entries in place of its own. */
function platform({ components = {}, entries = {}, more = [] }: Changes = {}): Uint8Array {
  const numbers = Array.from({ length: 16 }, (_, index) =>
    entry(`.2.${index + 1}`, components[index + 1] ?? integer(index < 8 ? 5 : 0)),
  );
  const tcb = sequence(
    ...[...numbers, entry(".2.17", components[17] ?? integer(13))],
    entry(".2.18", components[18] ?? octets("05".repeat(16))),
  );
  const usual: Readonly<Record<string, Uint8Array | undefined>> = {
    ...{ ".1": octets("ab".repeat(16)), ".2": tcb, ".3": octets("0000") },
    ...{ ".4": octets("00906ed50000"), ".5": der(0x0a, Uint8Array.of(1)), ...entries },
  };
  const all = Object.entries(usual).flatMap(([id, value]) =>
    value === undefined ? [] : [entry(id, value)],
  );
  return sequence(...all, ...more);
}

const read = (changes?: Changes) =>
  readPckPlatform(parseCertificate(mintIntelPki({ pck: { platform: platform(changes) } }).pck.der));
const configuration = sequence(
  entry(".7.1", boolean(true)),
  entry(".7.2", boolean(false)),
  entry(".7.3", boolean(true)),
);

describe("a platform in its PCK certificate", () => {
  it("has its security versions and its names", () => {
    const usual = {
      tcb: { components: [...Array<number>(8).fill(5), ...Array<number>(8).fill(0)], pceSvn: 13 },
      ...{ cpuSvn: "05".repeat(16), ppid: "ab".repeat(16), pceId: "0000", fmspc: "00906ed50000" },
      sgxType: 1,
    };
    expect(read()).toEqual(usual);
    const entries = { ".6": octets("cd".repeat(16)), ".7": configuration };
    expect(read({ entries })).toEqual({
      ...{ ...usual, platformInstanceId: "cd".repeat(16) },
      ...{ dynamicPlatform: true, cachedKeys: false, smtEnabled: true },
    });
    const text = sequence(entry(".7.1", octets("00")), entry(".7.3", boolean(false)));
    expect(read({ entries: { ".7": text } })).toEqual({ ...usual, smtEnabled: false });
    const components = { 1: integer(255), 17: integer(65_535) };
    expect(read({ components }).tcb).toMatchObject({ pceSvn: 65_535 });
  });

  it("is claimed with its instance, and whether its cores are shared, where it says so", () => {
    const claimsOf = (entries: Changes["entries"] = {}) => {
      const evidence = mintIntelEvidence({ pki: { pck: { platform: platform({ entries }) } } });
      const verdict = verifyEvidence(evidence);
      return verdict.kind === "verified" ? toDcapClaims(verdict.claims) : verdict;
    };
    expect(claimsOf({ ".6": octets("cd".repeat(16)), ".7": configuration })).toMatchObject({
      ...{ "x-strongroom-platform-instance": "cd".repeat(16), "x-strongroom-smt-enabled": true },
      ...{ "x-strongroom-fmspc": "00906ed50000", "x-strongroom-ppid": "ab".repeat(16) },
      "x-strongroom-pce-svn": 13,
    });
    const names = Object.keys(claimsOf());
    expect(names).not.toContain("x-strongroom-platform-instance");
    expect(names).not.toContain("x-strongroom-smt-enabled");
  });

  it.each<[string, string, Changes]>([
    ["without its TCB", `lacks ${sgx}.2`, { entries: { ".2": undefined } }],
    ["without its FMSPC", `lacks ${sgx}.4`, { entries: { ".4": undefined } }],
    ["of a short FMSPC", "not of 6 bytes", { entries: { ".4": octets("00") } }],
    [
      "of an FMSPC in text",
      "not of 6 bytes",
      { entries: { ".4": der(0x0c, fromHex("303030303030")) } },
    ],
    ["of a short PPID", "not of 16 bytes", { entries: { ".1": octets("ab") } }],
    ["of a long instance", "not of 16 bytes", { entries: { ".6": octets("ab".repeat(17)) } }],
    ["of a long CPUSVN", "not of 16 bytes", { components: { 18: octets("ab".repeat(17)) } }],
    ["of a version beyond a byte", "0 to 255", { components: { 1: integer(256) } }],
    ["of a negative version", "0 to 255", { components: { 1: der(0x02, Uint8Array.of(0x80)) } }],
    ["of a PCE beyond two bytes", "0 to 65535", { components: { 17: integer(65_536) } }],
    ["of a version in text", "no number", { components: { 3: octets("05") } }],
    ["of a kind in text", "no number", { entries: { ".5": octets("01") } }],
    ["of a TCB that is a number", "no sequence", { entries: { ".2": integer(1) } }],
    ["with an entry twice", "entry twice", { more: [entry(".3", octets("0000"))] }],
    ["with an entry that is a number", "without a name", { more: [integer(1)] }],
    [
      "with an entry that is a name alone",
      "without a name",
      { more: [sequence(objectId("1.2.3"))] },
    ],
    [
      "with an entry whose name is a number",
      "without a name",
      { more: [sequence(integer(1), integer(1))] },
    ],
    [
      "with an entry of three parts",
      "without a name",
      { more: [sequence(objectId("1.2.3"), integer(1), integer(2))] },
    ],
  ])("is malformed %s: %s", (_, message, changes) => {
    expect(() => read(changes)).toThrow(
      expect.objectContaining({
        code: "EvidenceMalformed",
        message: expect.stringContaining(message),
      }),
    );
  });

  it("is described by a PCK certificate alone", () => {
    expect(() => readPckPlatform(parseCertificate(mintIntelPki().ca.der))).toThrow(
      "describes no platform",
    );
  });

  it.each(["pck", "ca", "signer", "root"] as const)(
    "is certified up to the last instant of its %s, and from the first",
    (role) => {
      for (const dates of [{ notBefore: at }, { notAfter: at }]) {
        const evidence = mintIntelEvidence({ pki: { [role]: dates } });
        expect(verifyEvidence(evidence).kind).toBe("verified");
      }
    },
  );
});
