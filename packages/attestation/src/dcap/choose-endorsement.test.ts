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

const judge = (...statements: readonly Statement[]) => judgeBeside([], statements);

/** @param more Files before those of the statements. */
function judgeBeside(more: readonly Uint8Array[], statements: readonly Statement[]) {
  const files = statements.map(({ number, issued, status, nextUpdate }) =>
    mintIntelEndorsements("td15-5", pki, {
      tcbInfo: (info) => {
        Object.assign(info, { tcbEvaluationDataNumber: number, issueDate: issued });
        info.nextUpdate = nextUpdate ?? info.nextUpdate;
        info.tcbLevels[0].tcbStatus = status;
      },
    }),
  );
  const endorsements = readDcapEndorsements([
    ...more,
    ...files.map((file) => utf8(JSON.stringify(file))),
  ]);
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

  it("no more keys are tried than issuers have, whoever sends certificates under a signer's name", () => {
    const strangers = Array.from({ length: 8 }, () => mintIntelPki().signer.der);
    expect(judgeBeside(strangers.slice(1), [old])).toBe("UpToDate");
    expect(judgeBeside(strangers, [old])).toBe("bad-signature");
  });

  it("no more are read than a set has", () => {
    const [statement] = [mintIntelEndorsements("td15-5", pki)];
    const file = (kind: "tcb_info" | "qe_identity", count: number) => {
      const { [kind]: text, [`${kind}_signature`]: signature } = statement as Record<
        string,
        string
      >;
      const list = Array.from({ length: count }, () => ({
        [kind]: text,
        [`${kind}_signature`]: signature,
      }));
      return utf8(JSON.stringify({ list }));
    };
    for (const kind of ["tcb_info", "qe_identity"] as const) {
      expect(readDcapEndorsements([file(kind, 64)])).toBeDefined();
      expect(() => readDcapEndorsements([file(kind, 65)])).toThrow("too many endorsements");
    }
  });
});
