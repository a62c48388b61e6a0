// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Readable, Writable } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import { runCommandLine } from "../program.ts";
import { azure } from "./__fixtures__/published/azure.ts";
import { cca } from "./__fixtures__/published/cca.ts";
import { dcap } from "./__fixtures__/published/dcap.ts";
import { devices } from "./__fixtures__/published/devices.ts";
import { logs } from "./__fixtures__/published/event-logs.ts";
import { nitro } from "./__fixtures__/published/nitro.ts";
import { endorsed, issuers, type Row, shielded } from "./__fixtures__/published/row.ts";
import { snp } from "./__fixtures__/published/snp.ts";
import { tokens } from "./__fixtures__/published/tokens.ts";
import { tpm } from "./__fixtures__/published/tpm.ts";

const folder =
  process.env["STRONGROOM_VECTORS"] ?? resolve(import.meta.dirname, "../../../../shared/vectors");

const withVectors = existsSync(folder) ? describe : describe.skip;
if (!existsSync(folder)) {
  process.stderr.write(`skipped: no test vectors at ${folder} (set STRONGROOM_VECTORS)\n`);
}

/** Runs the command; words with a slash are paths under the vectors' folder. */
async function verify(...words: readonly string[]) {
  let output = "";
  const write = (chunk: Buffer, _: string, done: () => void) => {
    output += chunk.toString();
    done();
  };
  const args = words.map((word) => (word.includes("/") ? join(folder, word) : word));
  const code = await runCommandLine(["attestation", "verify", ...args], {
    environment: {},
    stdin: Readable.from([]),
    stdout: new Writable({ write }),
    stderr: new Writable({ write: (_chunk, _encoding, done) => done() }),
  });
  return { code, answer: output === "" ? undefined : JSON.parse(output) };
}

async function check([type, evidence, more, expected]: Row) {
  const { code, answer } = await verify("--type", type, "--evidence", evidence, ...more);
  if (typeof expected === "string") {
    expect([code, answer]).toEqual([
      1,
      { verified: false, refusal: expected, reason: expect.any(String) },
    ]);
    return;
  }
  expect([code, answer]).toMatchObject([0, { verified: true }]);
  const isBound = more.includes("--nonce") || more.includes("--report-data");
  const findings = isBound ? expected : ["binding-unchecked", ...expected];
  expect(answer.findings.toSorted()).toEqual(findings.toSorted());
}

withVectors("strongroom attestation verify, of published evidence", () => {
  it.each([...snp, ...dcap, ...azure, ...nitro, ...tpm, ...logs, ...tokens, ...devices, ...cca])(
    "--type %s --evidence %s %j: %j",
    async (...row) => {
      await check(row);
    },
  );

  it("names every register that Google's quote covers, of strong banks alone", async () => {
    const evidence = ["--type", "tpm", "--evidence", `${shielded}-no-nonce.pb`];
    const { answer } = await verify(...evidence, ...endorsed(...issuers));
    expect(Object.keys(answer.claims["x-strongroom-pcrs"])).toEqual(["sha256", "sha384"]);
    expect(Object.keys(answer.claims["x-strongroom-pcrs"].sha256)).toHaveLength(24);
    expect(answer.claims).toMatchObject({
      ...{ "x-strongroom-class": "virtual", secureboot: true },
      "x-strongroom-event-log-registers": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    });
  });
});
