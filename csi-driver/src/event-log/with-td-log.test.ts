// SPDX-License-Identifier: Apache-2.0
/** A trust domain's log: beside its quote, and beside no other evidence. */

import { describe, expect, it } from "@jest/globals";
import { silentLog, systemClock, utf8 } from "@strongroom/core";
import { mintIntelPki } from "@strongroom/testing";
import { encodeEventLog } from "../../../packages/attestation/src/__fixtures__/test-event-log.ts";
import { linuxDomain } from "../../../packages/attestation/src/__fixtures__/test-machines.ts";
import type { TeeEvidence } from "../tee/tee-evidence.ts";
import { makeFakeLogFiles, type Reading } from "./__fixtures__/fake-log-files.ts";
import { mintTdQuote } from "./__fixtures__/td-quote.ts";
import { createEventLogSource } from "./event-log-source.ts";
import { withTdLog } from "./with-td-log.ts";

const { signal } = new AbortController();
const pki = mintIntelPki();
const reportData = new Uint8Array(64).fill(1);
const own = encodeEventLog(linuxDomain(), ["sha384"]);
const other = encodeEventLog(linuxDomain(0), ["sha384"]);
const quoteOf = (log: Uint8Array) => mintTdQuote(pki, { reportData, log });
const quote = quoteOf(own);

/** What a collector of this evidence, one after the other, gives beside these readings of a log. */
async function collect(evidence: readonly TeeEvidence[], readings: readonly Reading[]) {
  let collections = 0;
  const files = makeFakeLogFiles(readings);
  const collector = withTdLog(
    {
      collect: async () => {
        collections += 1;
        const one = evidence[Math.min(collections, evidence.length) - 1];
        return { evidence: one ?? { kind: "TdxVm", quote }, endorsements: [utf8("along")] };
      },
    },
    createEventLogSource({ files, path: "/ccel", clock: systemClock, log: silentLog }),
  );
  const collected = await collector.collect(new Uint8Array(32), signal);
  expect(collected.endorsements).toEqual([utf8("along")]);
  return { evidence: collected.evidence, collections, readings: files.asked.length };
}

describe("the log of a trust domain", () => {
  it("goes along with the one quote whose registers it gives", async () => {
    expect(await collect([{ kind: "TdxVm", quote }], [own])).toEqual({
      evidence: { kind: "TdxVm", quote, eventLog: own },
      ...{ collections: 1, readings: 1 },
    });
  });

  it.each<[string, Reading]>([
    ["there is none", "ENOENT"],
    ["it is another's", other],
    ["it has digests of SHA-256 alone", encodeEventLog(linuxDomain())],
  ])("is left out where %s, and the quote is made once", async (_, reading) => {
    const { evidence, collections } = await collect([{ kind: "TdxVm", quote }], [reading]);
    expect([evidence, collections]).toEqual([{ kind: "TdxVm", quote }, 1]);
  });

  it("has a quote made anew where it changed after it was read", async () => {
    const before: TeeEvidence = { kind: "TdxVm", quote: quoteOf(other) };
    const { evidence, collections } = await collect(
      [before, { kind: "TdxVm", quote }],
      [encodeEventLog(linuxDomain().slice(1), ["sha384"]), own],
    );
    expect([evidence, collections]).toEqual([{ kind: "TdxVm", quote, eventLog: own }, 2]);
  });

  it("is not looked for beside other evidence, and a quote that is none is the authority's to refuse", async () => {
    const snp: TeeEvidence = { kind: "SevSnpVm", report: utf8("report") };
    expect(await collect([snp], [own])).toEqual({ evidence: snp, collections: 1, readings: 0 });
    const none: TeeEvidence = { kind: "TdxVm", quote: utf8("no quote") };
    expect((await collect([none], [own])).evidence).toEqual(none);
  });
});
