// SPDX-License-Identifier: Apache-2.0
/**
 * Verification of evidence that test vendors minted: ours with its cache of chains and collateral, beside the bare signature,
 * Google's Go modules and @phala/dcap-qvl on the same bytes, in one run.
 */

import { generateKeyPairSync, sign, verify } from "node:crypto";
import { QuoteVerifier } from "@phala/dcap-qvl";
import {
  type AmdEndorser,
  type CertifiedPlatform,
  type DcapExpectation,
  parseQuote,
  parseSnpReport,
  parseTpmQuote,
  readDcapEndorsements,
  type Verdict,
  VerifiedCache,
  verifyDcapQuote,
  verifySnp,
  verifyTpmQuote,
} from "@strongroom/attestation";
import {
  createAmdVendor,
  makeAmdReport,
  mintIntelEvidence,
  type OracleAnswer,
  snpOracleTrust,
  startAttestationOracle,
  tdxOracleTrust,
} from "@strongroom/testing";
import {
  ecdsaKey,
  rsaKey,
} from "../../packages/attestation/src/__fixtures__/test-attestation-key.ts";
import { pcrBanks, quoteCase } from "../../packages/attestation/src/__fixtures__/test-quote.ts";
import { row } from "../in-node.ts";
import { inTurns, type Taken } from "./turns.ts";

const at = new Date("2026-06-01T00:00:00Z");
using oracle = startAttestationOracle();

const rate = (microseconds: number) => `${Math.round(1e6 / microseconds)}/s`;
const times = (value: number) => `${value.toFixed(2)} x`;
const goMicroseconds = ({ accepted, reason, mean = 0 }: OracleAnswer) => {
  if (!accepted) {
    throw new Error(reason);
  }
  return mean / 1e3;
};

function mustBeVerified(verdict: Verdict<unknown>): void {
  if (verdict.kind !== "verified") {
    throw new Error(`${verdict.class}: ${verdict.reason}`);
  }
}

async function snp(): Promise<void> {
  const vendor = createAmdVendor("Milan");
  const leaf = vendor.leaf();
  const report = vendor.sign(makeAmdReport(vendor));
  const { ark, ask, asvk } = vendor.fingerprints;
  const root = { name: "bench", class: "software", product: "Milan" } as const;
  const cache = new VerifiedCache<readonly Verdict<AmdEndorser>[]>(16);
  const roots = [{ ...root, ark, ask: [ask], asvk: [asvk] }];
  const trust = { roots, revocation: "if-given", cache } as const;
  const endorsements = { certificates: [leaf, vendor.ask, vendor.ark], crls: [] };
  const reportData = new Uint8Array(64);
  const verifyOurs = () => verifySnp({ report, endorsements }, trust, { reportData }, at);
  mustBeVerified(verifyOurs());
  const pair = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const message = report.slice(0, 0x2a0);
  const signature = sign("sha384", message, { key: pair.privateKey, dsaEncoding: "ieee-p1363" });
  const key = { key: pair.publicKey, dsaEncoding: "ieee-p1363" } as const;
  const taken = inTurns(
    { bare: () => verify("sha384", message, key, signature), ours: verifyOurs },
    40,
  );
  await oracle.setUp("snp", "snp", snpOracleTrust(vendor, leaf, at));
  await oracle.setUp("snp-signature", "snp-signature", snpOracleTrust(vendor, leaf, at));
  const whole = goMicroseconds(await oracle.verify("snp", report, 500));
  const cached = goMicroseconds(await oracle.verify("snp-signature", report, 500));
  const { bare, ours } = taken;
  row(
    "SNP, cached chain / bare P-384",
    rate(ours.median),
    "<= 1.25 x",
    times(ours.median / bare.median),
  );
  row("  the same in CPU time", rate(ours.cpu), "<= 1.25 x", times(ours.cpu / bare.cpu));
  row("SNP / go-sev-guest, whole", rate(whole), ">= 1 x", times(whole / ours.median));
  row("SNP / go-sev-guest, signature alone", rate(cached), "", times(cached / ours.median));
}

async function tdx(): Promise<void> {
  const evidence = mintIntelEvidence({ kind: "td10-4" });
  const { quote } = evidence;
  const roots = [{ name: "bench", class: "software", fingerprint: evidence.fingerprint } as const];
  const cache = new VerifiedCache<CertifiedPlatform>(16);
  const trust = { endorsements: readDcapEndorsements([evidence.endorsements]), roots, cache };
  const expected: DcapExpectation = {
    ...{ reportData: new Uint8Array(64).fill(0xd0), minimumTcbEvaluationDataNumber: 20 },
    ...{ acceptedTcb: ["UpToDate"], debug: "refused", migratable: "refused" },
  };
  const verifyOurs = () => verifyDcapQuote(quote, expected, trust, at);
  mustBeVerified(verifyOurs());
  const qvl = new QuoteVerifier(Buffer.from(evidence.pki.root.der));
  const collateral = JSON.parse(Buffer.from(evidence.endorsements).toString());
  const theirs = () => qvl.verify(Buffer.from(quote), collateral, at.getTime() / 1000);
  const taken = inTurns({ ours: verifyOurs, theirs }, 20);
  await oracle.setUp("tdx", "tdx", tdxOracleTrust(evidence, at));
  const go = goMicroseconds(await oracle.verify("tdx", quote, 300));
  report("TDX, cached collateral", taken.ours, 3000);
  row(
    "TDX / @phala/dcap-qvl",
    rate(taken.theirs.median),
    ">= 1.5 x",
    times(taken.theirs.median / taken.ours.median),
  );
  row("TDX / go-tdx-guest", rate(go), ">= 1 x", times(go / taken.ours.median));
}

function report(what: string, { median, p99 }: Taken, goal: number): void {
  row(what, rate(median), "", "");
  row("  p99", `${(p99 / 1e3).toFixed(2)} ms`, `<= ${goal / 1e3} ms`, times(p99 / goal));
}

function tpm(): void {
  const all = Array.from({ length: 24 }, (_, index) => index);
  const cases = { ecdsa: ecdsaKey(), rsa: rsaKey("rsassa") };
  for (const [name, key] of Object.entries(cases)) {
    const { evidence, expected } = quoteCase({ selected: all }, key);
    const whole = { ...evidence, pcrs: pcrBanks(all) };
    const verifyOurs = () => verifyTpmQuote(whole, { ...expected, requiredPcrs: { sha256: all } });
    mustBeVerified(verifyOurs());
    const { ours } = inTurns({ ours: verifyOurs }, 40);
    report(`TPM quote of 24 PCRs, ${name}`, ours, 500);
  }
}

function parsing(): void {
  const vendor = createAmdVendor("Milan");
  const snpReport = vendor.sign(makeAmdReport(vendor));
  const { quote } = mintIntelEvidence({ kind: "td15-5" });
  const { quote: sgxQuote } = mintIntelEvidence({ kind: "sgx3" });
  const { evidence } = quoteCase();
  const taken = inTurns(
    {
      "SNP report": () => parseSnpReport(snpReport),
      "TDX quote": () => parseQuote(quote),
      "SGX quote": () => parseQuote(sgxQuote),
      "TPM quote": () => parseTpmQuote(evidence.quote),
    },
    2000,
  );
  for (const [name, { median }] of Object.entries(taken)) {
    row(`parsing: ${name}`, rate(median), ">= 100000/s", times(1e6 / median / 100_000));
  }
}

row("attestation", "rate", "goal", "ratio");
await snp();
await tdx();
tpm();
parsing();
