// SPDX-License-Identifier: Apache-2.0
/** Quotes of a test Intel, changed at random and half of them signed again: ours beside go-tdx-guest and @phala/dcap-qvl. */

import { QuoteVerifier } from "@phala/dcap-qvl";
import {
  type CertifiedPlatform,
  type DcapExpectation,
  type DcapTrust,
  readDcapEndorsements,
  type TcbStatus,
  VerifiedCache,
  verifyDcapQuote,
} from "@strongroom/attestation";
import {
  type AttestationOracle,
  type IntelEvidence,
  type IntelQuoteChanges,
  type IntelQuoteKind,
  type IntelStatement,
  intelBodyOffset,
  mintIntelEvidence,
  mintIntelQuote,
  tdxOracleTrust,
} from "@strongroom/testing";
import type { Compared, Opinion } from "./comparison.ts";
import { bodyFields, qeFields } from "./quote-fields.ts";
import type { Random } from "./random.ts";

const at = new Date("2026-06-01T00:00:00Z");

/** What a verifier says that is asked about one quote. */
type Ask = (quote: Uint8Array) => Promise<Opinion> | Opinion;

interface Vendor {
  readonly kind: IntelQuoteKind;
  readonly evidence: IntelEvidence;
  readonly trust: DcapTrust;
}

/** Statements of several kinds of standing, so that the oracles reach every branch after the signatures. */
const standings: readonly ((info: IntelStatement) => void)[] = [
  () => undefined,
  ...["SWHardeningNeeded", "OutOfDate", "Revoked"].map((tcbStatus) => (info: IntelStatement) => {
    info.tcbLevels[0].tcbStatus = tcbStatus;
  }),
  (info) => info.tcbLevels.shift(),
];

function vendorsOf(kind: IntelQuoteKind): readonly Vendor[] {
  return standings.map((tcbInfo) => {
    const evidence = mintIntelEvidence({ kind, endorsements: { tcbInfo } });
    const roots = [{ name: "test", class: "software", fingerprint: evidence.fingerprint } as const];
    const endorsements = readDcapEndorsements([evidence.endorsements]);
    const cache = new VerifiedCache<CertifiedPlatform>(8);
    return { kind, evidence, trust: { endorsements, roots, cache } };
  });
}

/** Compares with go-tdx-guest, which takes TD 1.0 in version 4 and nothing but `UpToDate`. */
export async function compareGoTdx(oracle: AttestationOracle, random: Random, count: number) {
  const vendors = vendorsOf("td10-4");
  for (const [index, { evidence }] of vendors.entries()) {
    await oracle.setUp(`tdx-${index}`, "tdx", tdxOracleTrust(evidence, at));
  }
  return compare("go-tdx-guest", vendors, { random, count, acceptedTcb: ["UpToDate"] }, (index) => {
    return async (quote) => {
      const { accepted, reason = "" } = await oracle.verify(`tdx-${index}`, quote);
      return { accepted, reason };
    };
  });
}

const anyStanding: readonly TcbStatus[] = [
  ...(["UpToDate", "SWHardeningNeeded", "ConfigurationNeeded", "OutOfDate"] as const),
  ...(["ConfigurationAndSWHardeningNeeded", "OutOfDateConfigurationNeeded"] as const),
  ...(["TDRelaunchAdvised", "TDRelaunchAdvisedConfigurationNeeded"] as const),
];

/** Compares with @phala/dcap-qvl. */
export async function comparePhala(random: Random, count: number): Promise<readonly Compared[]> {
  const kinds = ["td10-4", "td15-5", "sgx3"] as const;
  const parts = kinds.map((kind) => {
    const vendors = vendorsOf(kind);
    const share = { random, count: Math.ceil(count / kinds.length), acceptedTcb: anyStanding };
    return compare("@phala/dcap-qvl", vendors, share, (index) => askPhala(vendors[index]));
  });
  return (await Promise.all(parts)).flat();
}

function askPhala(vendor: Vendor | undefined): Ask {
  const { evidence } = vendor ?? {};
  const verifier = new QuoteVerifier(Buffer.from(evidence?.pki.root.der ?? []));
  const collateral = JSON.parse(Buffer.from(evidence?.endorsements ?? []).toString());
  return (quote) => {
    try {
      verifier.verify(Buffer.from(quote), collateral, at.getTime() / 1000);
      return { accepted: true, reason: "" };
    } catch (error) {
      return { accepted: false, reason: String(error) };
    }
  };
}

interface Run {
  readonly random: Random;
  readonly count: number;
  readonly acceptedTcb: readonly TcbStatus[];
}

async function compare(
  oracle: string,
  vendors: readonly Vendor[],
  { random, count, acceptedTcb }: Run,
  askOf: (index: number) => Ask,
): Promise<readonly Compared[]> {
  const asks = vendors.map((_, index) => askOf(index));
  const compared: Compared[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const index = random.below(4) > 0 ? 0 : random.below(vendors.length);
    const [vendor, ask] = [vendors[index], asks[index]];
    if (vendor !== undefined && ask !== undefined) {
      const isSignedAgain = turn % 2 === 0;
      const { change, quote } = isSignedAgain
        ? mintChanged(vendor, random)
        : damage(vendor, random);
      const ours = askOurs(vendor, quote, acceptedTcb);
      compared.push({ oracle, change, isSignedAgain, theirs: await ask(quote), ours });
    }
  }
  return compared;
}

function askOurs({ kind, trust }: Vendor, quote: Uint8Array, acceptedTcb: readonly TcbStatus[]) {
  const start = intelBodyOffset(kind) + (kind === "sgx3" ? 320 : 520);
  const reportData = new Uint8Array(64);
  reportData.set(quote.subarray(start, start + 64));
  const expected: DcapExpectation = {
    ...{ reportData, acceptedTcb, minimumTcbEvaluationDataNumber: 0 },
    ...{ debug: "refused", migratable: "refused" },
  };
  const verdict = verifyDcapQuote(quote, expected, trust, at);
  return verdict.kind === "verified"
    ? { accepted: true, reason: verdict.claims.tcb.status }
    : { accepted: false, reason: `${verdict.class}: ${verdict.reason}` };
}

function mintChanged({ kind, evidence }: Vendor, random: Random) {
  const { free, judged } = kind.startsWith("sgx") ? bodyFields.sgx : bodyFields.td;
  const draw = random.below(10);
  const [change, offset, length] =
    draw < 6 ? random.pick(free) : draw < 8 ? random.pick(judged) : random.pick(qeFields);
  const edit = (bytes: Buffer, start: number) => {
    const position = start + offset + random.below(length);
    bytes[position] = random.below(2) === 0 ? random.below(256) : (bytes[position] ?? 0) ^ 1;
  };
  const changes: IntelQuoteChanges =
    draw < 8
      ? { signed: (bytes) => edit(bytes, intelBodyOffset(kind)) }
      : { qeReport: (report) => edit(report, 0) };
  return { change, quote: mintIntelQuote(kind, evidence.pki, changes) };
}

function damage({ evidence }: Vendor, random: Random) {
  const change = random.pick(["bit", "bit", "bit", "byte", "cut", "longer"]);
  const { quote } = evidence;
  if (change === "cut") {
    return { change, quote: quote.slice(0, random.below(quote.length)) };
  }
  if (change === "longer") {
    const more = random.bytes(1 + random.below(64));
    return { change, quote: Uint8Array.from([...quote, ...more]) };
  }
  const bytes = quote.slice();
  const position = random.below(quote.length);
  bytes[position] =
    change === "bit" ? (bytes[position] ?? 0) ^ (1 << random.below(8)) : random.below(256);
  return { change, quote: bytes };
}
