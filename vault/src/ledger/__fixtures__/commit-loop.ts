// SPDX-License-Identifier: Apache-2.0
/** Commits until it is killed; prints `id revision` of a write once it is acknowledged. Arguments: store, anchors. */

import { writeSync } from "node:fs";
import { sha256, toHex, utf8 } from "@strongroom/core";
import { fakeHeadSigner } from "./fake-head-signer.ts";
import { openTestLedger, testEvent } from "./open-test-ledger.ts";

const writers = 8;
const recordsPerWriter = 5;

const [store = "", anchors = ""] = process.argv.slice(2);
const { ledger } = await openTestLedger(store, fakeHeadSigner(anchors));

async function write(id: string, round: number): Promise<void> {
  const scope = "vault";
  const sealed = utf8(`${id} ${round}`);
  const work = async (tx: Parameters<Parameters<typeof ledger.commit>[0]>[0]) => {
    const revision = await tx.put({ scope, id }, { round });
    const version = { scope, id: `${id}/version/${revision}` };
    await tx.putValue(version, sealed);
    await tx.put(version, { valueDigest: toHex(sha256(sealed)) });
    return { event: testEvent("SecretSet"), result: revision };
  };
  const withHead = round % 2 === 0;
  const { result } = withHead ? await ledger.commitWithHead(work) : await ledger.commit(work);
  // Synchronous: what is printed was acknowledged before the process could be killed.
  writeSync(1, `${id} ${result}\n`);
}

async function loop(writer: number): Promise<never> {
  for (let round = 0; ; round += 1) {
    await write(`w${writer}/r${round % recordsPerWriter}`, round);
  }
}

await Promise.all(Array.from({ length: writers }, (_, i) => loop(i)));
