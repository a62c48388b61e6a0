// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import {
  intelFingerprint,
  mintIntelEndorsements,
  mintIntelPki,
  mintIntelQuote,
} from "@strongroom/testing";
import { at, expectation } from "../__fixtures__/intel.ts";
import { readDcapEndorsements } from "./dcap-endorsements.ts";
import { verifyDcapQuote } from "./verify-dcap-quote.ts";

const pki = mintIntelPki();
const quote = mintIntelQuote("td15-5", pki);

const root = {
  name: "ours",
  class: "software",
  fingerprint: intelFingerprint(pki.root),
} as const;

interface Statement {
  readonly number: number;
  readonly issued: string;
  readonly status: string;
  readonly nextUpdate?: string;
}

function judge(...statements: readonly Statement[]) {
  const files = statements.map(({ number, issued, status, nextUpdate }) =>
    mintIntelEndorsements("td15-5", pki, {
      tcbInfo: (info) => {
        Object.assign(info, { tcbEvaluationDataNumber: number, issueDate: issued });
        info.nextUpdate = nextUpdate ?? info.nextUpdate;
        info.tcbLevels[0].tcbStatus = status;
      },
    }),
  );
  const endorsements = readDcapEndorsements(files.map((file) => utf8(JSON.stringify(file))));
  const expected = { ...expectation, acceptedTcb: ["UpToDate", "OutOfDate"] } as const;
  const verdict = verifyDcapQuote(quote, expected, { endorsements, roots: [root] }, at);
  return verdict.kind === "verified" ? verdict.claims.tcb.status : verdict.class;
}

describe("of several statements about a platform", () => {
  const old = { number: 20, issued: "2026-05-20T00:00:00Z", status: "UpToDate" };
  const better = { number: 21, issued: "2026-05-10T00:00:00Z", status: "OutOfDate" };
  const later = { number: 20, issued: "2026-05-21T00:00:00Z", status: "OutOfDate" };

  it.each([
    ["of the highest number", [old, better]],
    ["issued last, of those of one number", [old, later]],
  ])("the one %s counts, wherever it stands", (_, statements) => {
    expect(judge(...statements)).toBe("OutOfDate");
    expect(judge(...statements.toReversed())).toBe("OutOfDate");
  });

  it("one counts that a signer of one key signed, whose earlier certificate has ended", () => {
    const notAfter = new Date("2026-05-01T00:00:00Z");
    const ended = mintIntelPki(
      { signer: { notAfter } },
      { root: pki.root.key, signer: pki.signer.key },
    );
    const file = utf8(JSON.stringify(mintIntelEndorsements("td15-5", pki)));
    for (const files of [
      [ended.signer.der, file],
      [file, ended.signer.der],
    ]) {
      const endorsements = readDcapEndorsements(files);
      const trust = { endorsements, roots: [root] };
      expect(verifyDcapQuote(quote, expectation, trust, at).kind).toBe("verified");
    }
  });

  it("the newest that is valid counts; where none is, the newest says why", () => {
    const over = { ...better, nextUpdate: "2026-05-15T00:00:00Z" };
    expect(judge(old, over)).toBe("UpToDate");
    expect(judge(over)).toBe("expired");
  });
});
