// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "@jest/globals";
import { openDcapVectors } from "../__fixtures__/dcap-vectors.ts";
import { readDcapEndorsements } from "./dcap-endorsements.ts";
import { intelSgxRoots } from "./dcap-root.ts";
import type { DcapExpectation } from "./dcap-verdict.ts";
import { parseQuote } from "./parse-quote.ts";
import { verifyDcapQuote } from "./verify-dcap-quote.ts";

const { bytes, withVectors } = openDcapVectors(process.env["STRONGROOM_VECTORS"]);

type Verdict = ReturnType<typeof verifyDcapQuote>;

function verify(path: string, files: readonly string[], at: string, changes = {}): Verdict {
  const quote = bytes(path);
  const expected: DcapExpectation = {
    reportData: parseQuote(quote).body.report.reportData,
    acceptedTcb: ["UpToDate", "SWHardeningNeeded", "ConfigurationAndSWHardeningNeeded"],
    ...{ minimumTcbEvaluationDataNumber: 0, debug: "refused", migratable: "refused" },
    ...changes,
  };
  const endorsements = readDcapEndorsements(files.map(bytes));
  return verifyDcapQuote(quote, expected, { endorsements, roots: intelSgxRoots }, new Date(at));
}

const phala = "tdx/Phala-Network__dcap-qvl";
const phalaSgx = "sgx/Phala-Network__dcap-qvl";
const teepot = "sgx/matter-labs__teepot";
const teepotTdx = "tdx/matter-labs__teepot";
const loose = (tcbInfo: string) =>
  [
    ...["pck_crl_platform.der", "qe_identity_signing_chain.pem", "root_ca_crl.der"],
    ...[tcbInfo, "td_qe_identity.json"],
  ].map((name) => `tdx/confidential-dot-ai__attestation-rs/${name}`);

const verified: readonly (readonly [string, readonly string[], string, string])[] = [
  [`${phala}/tdx_quote`, [`${phala}/tdx_quote_collateral.json`], "2025-07-01", "UpToDate"],
  [
    `${phala}/near_quote_hex.txt`,
    [`${phala}/near_quote_collateral.json`],
    "2025-09-15",
    "UpToDate",
  ],
  [
    `${phalaSgx}/sgx_quote`,
    [`${phalaSgx}/sgx_quote_collateral.json`],
    ...(["2025-07-01", "ConfigurationAndSWHardeningNeeded"] as const),
  ],
  [
    `${teepot}/sw_hardening.quote.bin`,
    [`${teepot}/sw_hardening.collateral.json`],
    ...(["2023-05-15T15:41:43Z", "SWHardeningNeeded"] as const),
  ],
  [
    `${teepotTdx}/tdx_1.quote.bin`,
    [`${teepotTdx}/tdx_1.collateral.json`],
    ...(["2024-12-05T13:55:35Z", "UpToDate"] as const),
  ],
  [
    "tdx/google__go-tdx-guest/quote_v5_sample.dat",
    loose("tcb_info_90c06f000000.json"),
    ...(["2026-03-20", "UpToDate"] as const),
  ],
];

const refused: readonly (readonly [string, readonly string[], string, string, object?])[] = [
  [
    `${phala}/tdx_quote_outdated`,
    [`${phala}/tdx_quote_outdated_collateral.json`],
    ...(["2026-03-01", "tcb-out-of-date"] as const),
  ],
  [
    `${phala}/tdx-quote.hex`,
    [`${phala}/tdx_quote_collateral.json`],
    "2025-07-01",
    "tcb-out-of-date",
  ],
  [
    `${teepot}/out_of_date.quote.bin`,
    [`${teepot}/out_of_date.collateral.json`],
    ...(["2023-05-15T15:41:43Z", "tcb-out-of-date"] as const),
  ],
  [
    "tdx/confidential-containers__trustee/tdx_quote_4.dat",
    loose("tcb_info_50806f000000.json"),
    ...(["2026-03-20", "policy-denied"] as const),
  ],
  [
    "tdx/confidential-containers__trustee/tdx_quote_4.dat",
    loose("tcb_info_50806f000000.json"),
    ...(["2026-03-20", "tcb-out-of-date", { debug: "accepted" }] as const),
  ],
  [
    "tdx/automata-network__automata-dcap-attestation/tdx_quote_5.dat",
    loose("tcb_info_90c06f000000.json"),
    ...(["2026-03-20", "tcb-out-of-date"] as const),
  ],
  [`${phala}/tdx_quote`, [`${phala}/tdx_quote_collateral.json`], "2025-08-01", "expired"],
  [
    `${phala}/tdx_quote`,
    loose("tcb_info_90c06f000000.json"),
    "2026-03-20",
    "endorsements-unavailable",
  ],
  [
    `${phala}/tdx_quote`,
    [`${phala}/tdx_quote_collateral.json`],
    ...(["2025-07-01", "binding-mismatch", { reportData: new Uint8Array(64) }] as const),
  ],
];

withVectors("published quotes with their endorsements", () => {
  it.each(verified)("%s is verified", (path, files, at, status) => {
    const verdict = verify(path, files, at);
    expect(verdict).toMatchObject({ kind: "verified", claims: { tcb: { status } } });
  });

  it.each(refused)("%s is refused", (...[path, files, at, refusal, changes]) => {
    expect(verify(path, files, at, changes)).toMatchObject({ kind: "refused", class: refusal });
  });

  it("are refused with one bit changed, wherever it is in what was signed", () => {
    const path = `${phala}/tdx_quote`;
    const quote = bytes(path);
    const endorsements = readDcapEndorsements([bytes(`${phala}/tdx_quote_collateral.json`)]);
    const expected: DcapExpectation = {
      reportData: parseQuote(quote).body.report.reportData,
      ...{ acceptedTcb: ["UpToDate"], minimumTcbEvaluationDataNumber: 0 },
      ...{ debug: "accepted", migratable: "accepted" },
    };
    const trust = { endorsements, roots: intelSgxRoots };
    for (let offset = 0; offset < 632 + 4 + 128 + 6 + 384 + 64 + 2 + 32; offset += 11) {
      const changed = quote.map((byte, index) => (index === offset ? byte ^ 1 : byte));
      const verdict = verifyDcapQuote(changed, expected, trust, new Date("2025-07-01"));
      expect([offset, verdict.kind]).toEqual([offset, "refused"]);
    }
  });
});
