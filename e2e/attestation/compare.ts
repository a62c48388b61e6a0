// SPDX-License-Identifier: Apache-2.0
/** All comparisons of a run: `node --conditions=@strongroom/source e2e/attestation/compare.ts COUNT [SEED]`, see README.md. */

import { startAttestationOracle } from "@strongroom/testing";
import { compareGoTdx, comparePhala } from "./compare-dcap.ts";
import { compareSnp } from "./compare-snp.ts";
import { agrees, type Compared, explanationOf } from "./comparison.ts";
import { disagreements } from "./disagreements.ts";
import { randomOf } from "./random.ts";

/** Half of them SEV-SNP reports, a quarter each for the two verifiers of quotes. */
export async function compareAll(count: number, seed: number): Promise<readonly Compared[]> {
  using oracle = startAttestationOracle();
  const random = randomOf(seed);
  return [
    ...(await compareSnp(oracle, random, count / 2)),
    ...(await compareGoTdx(oracle, random, count / 4)),
    ...(await comparePhala(random, count / 4)),
  ];
}

function report(compared: readonly Compared[]): number {
  for (const oracle of new Set(compared.map((one) => one.oracle))) {
    const own = compared.filter((one) => one.oracle === oracle);
    const accepted = own.filter(({ theirs }) => theirs.accepted).length;
    const signed = own.filter((one) => one.isSignedAgain).length;
    const differing = own.filter((one) => !agrees(one)).length;
    console.log(
      `${oracle}: ${own.length} compared, ${signed} signed again, ${accepted} accepted by it, ${differing} differences`,
    );
  }
  const counts = new Map<string, number>();
  const unexplained = new Map<string, number>();
  for (const one of compared.filter((other) => !agrees(other))) {
    const row = explanationOf(one, disagreements);
    const text = `${one.oracle}: ${row?.why ?? `${one.change}: ${one.theirs.reason} / ${one.ours.reason}`}`;
    const target = row === undefined ? unexplained : counts;
    target.set(text, (target.get(text) ?? 0) + 1);
  }
  for (const [text, times] of [...counts].sort()) {
    console.log(`  ${times} x ${text}`);
  }
  for (const [text, times] of [...unexplained].sort()) {
    console.log(`  UNEXPLAINED ${times} x ${text}`);
  }
  return unexplained.size;
}

if (import.meta.main) {
  const [count = "12000", seed = "1"] = process.argv.slice(2);
  process.exitCode = report(await compareAll(Number(count), Number(seed))) > 0 ? 1 : 0;
}
