// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "@jest/globals";
import { toHex } from "@strongroom/core";
import { openDcapVectors } from "../__fixtures__/dcap-vectors.ts";
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
  const faults = [
    ...["CompSvn", "Float", "IntegerOverflow", "IntegerWithSign", "InvalidIssueDate"],
    ...["InvalidNextUpdate", "MissingNextUpdate", "PceSvn", "Signature", "StringEscape"],
    ...["TcbType", "PropertyMissingLevel0", "PropertyMissingLevel1", "PropertyMissingLevel2"],
    ...["PropertyMissingLevel3", "PropertyWrongTypeLevel0", "PropertyWrongTypeLevel1"],
    ...["PropertyWrongTypeLevel2", "PropertyWrongTypeLevel3"],
  ];

  it.each(faults)("%s", (fault) => {
    // Version 1 had no types.
    for (const version of fault === "TcbType" ? ["data_v2__"] : ["data_v2__", ""]) {
      const file = bytes(`${folder}/${version}tcbInfoNegative${fault}.json`);
      expect(() => readDcapEndorsements([file])).toThrow(
        expect.objectContaining({ code: "EvidenceMalformed" }),
      );
    }
  });
});
