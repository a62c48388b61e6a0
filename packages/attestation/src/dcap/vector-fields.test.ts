// SPDX-License-Identifier: Apache-2.0
import { verify } from "node:crypto";
import { expect, it } from "@jest/globals";
import { toHex } from "@strongroom/core";
import { openDcapVectors } from "../__fixtures__/dcap-vectors.ts";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { checkTdReport } from "../azure/verify-hardware.ts";
import { parseCertificate } from "../x509/certificate.ts";
import { readDcapEndorsements } from "./dcap-endorsements.ts";
import { matchModule, matchSgxLevel, matchTdxLevel } from "./match-tcb.ts";
import { openEndorsementFile } from "./open-endorsement-file.ts";
import { parseQuote, type QuoteBody } from "./parse-quote.ts";
import { type PckTcb, readPckPlatform } from "./pck-certificate.ts";
import { parseTcbInfo, type TcbInfo } from "./tcb-info.ts";

const { bytes, json, withVectors } = openDcapVectors(process.env["STRONGROOM_VECTORS"]);

withVectors("published quotes, field by field", () => {
  // One sample of Intel's has no fields there: it is of a test vendor of theirs, with its chain in DER.
  const quotes = Object.entries<Record<string, unknown>>(json("EXPECTED.fields.json").dcap).filter(
    ([, { ver }]) => ver !== undefined,
  );

  it.each(quotes)("%s", (path, expected) => {
    const quote = parseQuote(bytes(path));
    const { report } = quote.body;
    expect(quote).toMatchObject({ version: expected["ver"], trailing: expected["trail"] });
    const fields = expected["fields"] as Record<string, string>;
    expect(toHex(report.reportData)).toBe(fields["reportdata"]);
    expect(quote.signature.qeReport.isvSvn).toBe(expected["qeisvsvn"]);
    if (quote.body.kind === "tdx") {
      expect(toHex(quote.body.report.mrTd)).toBe(fields["mrtd"]);
      expect(quote.body.report.rtmrs.map(toHex)[3]).toBe(fields["rtmr3"]);
      expect(toHex(quote.body.report.teeTcbSvn)).toBe(expected["teetcbsvn"]);
    } else {
      expect(toHex(quote.body.report.mrEnclave)).toBe(fields["mrenclave"]);
      expect(toHex(quote.body.report.mrSigner)).toBe(fields["mrsigner"]);
    }
    if (quote.signature.certification.kind === "chain") {
      const platform = platformOf(path);
      expect([platform.fmspc, platform.pceId]).toEqual([expected["fmspc"], expected["pceid"]]);
      expect(platform.tcb.components).toEqual(expected["cpusvn"]);
      expect(platform.tcb.pceSvn).toBe(expected["pcesvn"]);
    }
  });
});

withVectors("other files of published quotes", () => {
  it("tdxReportData.bin is what tdx_prod_quote_SPR_E4.dat was asked for", () => {
    const { body } = parseQuote(bytes("tdx/google__go-tdx-guest/tdx_prod_quote_SPR_E4.dat"));
    const data = bytes("tdx/google__go-tpm-tools/tdxReportData.bin");
    expect(toHex(body.report.reportData)).toBe(toHex(data));
  });

  it("report.dat is a report of another TD, which no quote repeats", () => {
    const folder = "tdx/google__go-tdx-guest";
    const report = bytes(`${folder}/report.dat`);
    const quote = bytes(`${folder}/quote_v5_sample.dat`);
    expect(report).toHaveLength(1024);
    expect(checkTdReport(report, quote.slice(54))).toMatchObject({ class: "binding-mismatch" });
    expect(() => parseQuote(report)).toThrow(malformedWith("quote of version"));
  });

  it("parse_tdx_claims_expected.json has the fields of tdx_quote_4.dat", () => {
    const folder = "tdx/confidential-containers__trustee";
    const { body } = parseQuote(bytes(`${folder}/tdx_quote_4.dat`));
    const expected = JSON.parse(
      Buffer.from(bytes(`${folder}/parse_tdx_claims_expected.json`)).toString() || "{}",
    ).quote.body;
    if (body.kind !== "tdx") {
      throw new TypeError("not a quote of a TD");
    }
    const { report } = body;
    expect({
      mr_config_id: toHex(report.mrConfigId),
      mr_owner: toHex(report.mrOwner),
      mr_owner_config: toHex(report.mrOwnerConfig),
      mr_seam: toHex(report.mrSeam),
      mr_td: toHex(report.mrTd),
      mrsigner_seam: toHex(report.mrSignerSeam),
      report_data: toHex(report.reportData),
      ...Object.fromEntries(report.rtmrs.map((one, index) => [`rtmr_${index}`, toHex(one)])),
      seam_attributes: toHex(report.seamAttributes),
      tcb_svn: toHex(report.teeTcbSvn),
      td_attributes: toHex(report.tdAttributes),
      xfam: toHex(report.xfam),
    }).toEqual(expected);
  });
});

function platformOf(path: string) {
  const { certification } = parseQuote(bytes(path)).signature;
  const [leaf] = certification.kind === "chain" ? certification.certificates : [];
  return readPckPlatform(parseCertificate(leaf ?? new Uint8Array()));
}

function levelOf(body: QuoteBody, tcb: PckTcb, info: TcbInfo) {
  return body.kind === "sgx"
    ? matchSgxLevel(tcb, info.levels)
    : matchTdxLevel(tcb, body.report.teeTcbSvn, info.levels);
}

withVectors("every quote against every TCB info of its family", () => {
  const rows = Object.entries<Record<string, unknown>[]>(json("EXPECTED.tcb-cross.json")).flatMap(
    ([path, list]) =>
      [list]
        .flat()
        .map((one) => [path, String(one["tcbInfo"]), one["level"], one["module"]] as const),
  );

  it.each(rows)("%s with %s", (path, infoPath, level, module) => {
    const [item] = openEndorsementFile(bytes(infoPath)).filter(({ kind }) => kind === "tcb-info");
    const info = parseTcbInfo(item !== undefined && "text" in item ? item.text : "");
    const { tcb } = platformOf(path);
    const { body } = parseQuote(bytes(path));
    const match = levelOf(body, tcb, info);
    const [status, date, advisories] = (level ?? []) as [string?, string?, (string[] | null)?];
    expect([match?.status, match?.date, match?.advisories]).toEqual([
      ...[status, date],
      ...[level === null ? undefined : (advisories ?? [])],
    ]);
    const found = body.kind === "tdx" ? matchModule(body.report, info) : undefined;
    const moduleStatus = found?.kind === "level" ? found.level?.status : undefined;
    expect(moduleStatus).toBe((module as [string] | null)?.[0]);
  });
});

withVectors("TCB infos that are none", () => {
  const folder = "collateral-negative/openenclave__openenclave";
  it.each([
    "data_v2__tcbInfoNegativeCompSvn.json",
    "data_v2__tcbInfoNegativeFloat.json",
    "data_v2__tcbInfoNegativeIntegerOverflow.json",
    "data_v2__tcbInfoNegativeIntegerWithSign.json",
    "data_v2__tcbInfoNegativeInvalidIssueDate.json",
    "data_v2__tcbInfoNegativeInvalidNextUpdate.json",
    "data_v2__tcbInfoNegativeMissingNextUpdate.json",
    "data_v2__tcbInfoNegativePceSvn.json",
    "data_v2__tcbInfoNegativeSignature.json",
    "data_v2__tcbInfoNegativeStringEscape.json",
    "data_v2__tcbInfoNegativeTcbType.json",
    "data_v2__tcbInfoNegativePropertyMissingLevel0.json",
    "data_v2__tcbInfoNegativePropertyMissingLevel1.json",
    "data_v2__tcbInfoNegativePropertyMissingLevel2.json",
    "data_v2__tcbInfoNegativePropertyMissingLevel3.json",
    "data_v2__tcbInfoNegativePropertyWrongTypeLevel0.json",
    "data_v2__tcbInfoNegativePropertyWrongTypeLevel1.json",
    "data_v2__tcbInfoNegativePropertyWrongTypeLevel2.json",
    "data_v2__tcbInfoNegativePropertyWrongTypeLevel3.json",
    "tcbInfoNegativeCompSvn.json",
    "tcbInfoNegativeFloat.json",
    "tcbInfoNegativeIntegerOverflow.json",
    "tcbInfoNegativeIntegerWithSign.json",
    "tcbInfoNegativeInvalidIssueDate.json",
    "tcbInfoNegativeInvalidNextUpdate.json",
    "tcbInfoNegativeMissingNextUpdate.json",
    "tcbInfoNegativePceSvn.json",
    "tcbInfoNegativeSignature.json",
    "tcbInfoNegativeStringEscape.json",
    "tcbInfoNegativePropertyMissingLevel0.json",
    "tcbInfoNegativePropertyMissingLevel1.json",
    "tcbInfoNegativePropertyMissingLevel2.json",
    "tcbInfoNegativePropertyMissingLevel3.json",
    "tcbInfoNegativePropertyWrongTypeLevel0.json",
    "tcbInfoNegativePropertyWrongTypeLevel1.json",
    "tcbInfoNegativePropertyWrongTypeLevel2.json",
    "tcbInfoNegativePropertyWrongTypeLevel3.json",
  ])("%s", (name) => {
    expect(() => readDcapEndorsements([bytes(`${folder}/${name}`)])).toThrow(malformedWith(""));
  });

  it.each([
    ["data_v2__tcbInfo.json", "pceId is no string"],
    ["data_v2__tcbInfoAdvisoryIds.json", "pceId is no string"],
    ["tcbInfo.json", "version 1"],
    ["tcbInfo_with_pceid.json", "version 1"],
  ])("%s: %s", (name, reason) => {
    const file = bytes(`${folder}/${name}`);
    expect(() => readDcapEndorsements([file])).toThrow(malformedWith(reason));
  });

  it.each([
    "data_v2__tcbInfo_with_pceid.json",
    "data_v3__tcbinfo_sgx.json",
    "data_v3__tcbinfo_tdx.json",
  ])("%s is well-formed, and nobody signed it", (name) => {
    const [info] = readDcapEndorsements([bytes(`${folder}/${name}`)]).tcbInfos;
    const chain = bytes("tdx/confidential-dot-ai__attestation-rs/qe_identity_signing_chain.pem");
    const [signer] = readDcapEndorsements([chain]).certificates;
    const key = signer && { key: signer.publicKey, dsaEncoding: "ieee-p1363" as const };
    expect(info && key && verify("sha256", info.signed, key, info.signature)).toBe(false);
  });
});
