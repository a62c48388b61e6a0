// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import {
  createAmdVendor,
  createNitroVendor,
  makeAmdReport,
  mintIntelEvidence,
  signIntelStatement,
} from "@strongroom/testing";
import { expectation, verifyEvidence } from "../__fixtures__/intel.ts";
import { signedJson } from "../dcap/limits.ts";
import { parseNitroCose } from "../nitro/parse-nitro-cose.ts";
import { parseNitroDocument } from "../nitro/parse-nitro-document.ts";
import { scanJson } from "../scan-json.ts";
import { parseSnpReport } from "../snp/parse-snp-report.ts";
import { parseStrictJson } from "../strict-json.ts";

describe("10.1 item 20: the bytes that were verified are those that were parsed", () => {
  it.each(["tcb_info", "qe_identity"])("%s is verified as it is spelt, not as we would", (name) => {
    const spell = (respell: boolean) =>
      mintIntelEvidence({
        bundle: (all, pki) => {
          const text = all[name]?.replace("{", "{ \n") ?? "";
          all[name] = text;
          all[`${name}_signature`] = respell
            ? signIntelStatement(JSON.stringify(JSON.parse(text)), pki)
            : signIntelStatement(text, pki);
        },
      });
    expect(verifyEvidence(spell(false)).kind).toBe("verified");
    expect(verifyEvidence(spell(true))).toMatchObject({ class: "bad-signature" });
  });

  it("a signed statement with a name twice is refused, whichever of the two another reader takes", () => {
    const evidence = mintIntelEvidence({
      bundle: (all, pki) => {
        all["tcb_info"] = all["tcb_info"]?.replace("{", '{"tcbEvaluationDataNumber":99,') ?? "";
        all["tcb_info_signature"] = signIntelStatement(all["tcb_info"], pki);
      },
    });
    expect(() => verifyEvidence(evidence)).toThrow(/there twice/u);
  });

  it.each(['{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"b":{"a":1,"a":1}}'])(
    "neither reader of JSON takes %s",
    (text) => {
      const malformed = expect.objectContaining({ code: "EvidenceMalformed" });
      expect(() => parseStrictJson(utf8(text))).toThrow(malformed);
      expect(() => scanJson(text, signedJson)).toThrow(malformed);
    },
  );
});

describe("10.1 item 23: JavaScript", () => {
  it("what was parsed does not change when the caller's buffer does", () => {
    const vendor = createAmdVendor("Turin");
    const report = vendor.sign(makeAmdReport(vendor));
    const parsed = parseSnpReport(report);
    const document = createNitroVendor().document();
    const { payload } = parseNitroCose(document);
    const nitro = parseNitroDocument(payload);
    const before = structuredClone({ parsed, nitro });
    report.fill(0xee);
    document.fill(0xee);
    payload.fill(0xee);
    expect({ parsed, nitro }).toEqual(before);
  });

  it("a verified quote does not change when the caller's buffer does", () => {
    const evidence = mintIntelEvidence();
    const verdict = verifyEvidence(evidence);
    const before = structuredClone(verdict);
    evidence.quote.fill(0xee);
    expect(verdict).toEqual(before);
    expect(verdict.kind).toBe("verified");
  });

  it.each(["__proto__", "constructor", "toString"])("the name %s in JSON is a name", (name) => {
    const signed = scanJson(`{"${name}":1}`, signedJson);
    expect(signed instanceof Map && signed.get(name)?.value).toBe(1);
    expect(signed instanceof Map && signed.get("valueOf")).toBeUndefined();
    const read = () => parseStrictJson(utf8(`{"${name}":{"isAdmin":true}}`));
    if (name === "__proto__") {
      expect(read).toThrow(expect.objectContaining({ code: "EvidenceMalformed" }));
    } else {
      expect(Object.keys(read() as object)).toEqual([name]);
    }
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it("an expectation is all of its bytes: no prefix, no other type", () => {
    const evidence = mintIntelEvidence();
    for (const length of [0, 32, 63]) {
      const reportData = expectation.reportData.slice(0, length);
      expect(verifyEvidence(evidence, { expected: { reportData } })).toMatchObject({
        class: "binding-mismatch",
      });
    }
  });
});
