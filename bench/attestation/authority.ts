// SPDX-License-Identifier: Apache-2.0
/**
 * SNP attestations over TLS by the authority of one vault process as it is shipped: a node asks for a challenge, and sends a
 * report of a test AMD over it with its chain. Both are counted as one; each has its leaf in the audit log, and a nonce is
 * spent before the token leaves. Beside it what no authority can do without: one P-384 verification, one ES256 signature.
 */

import { generateKeyPairSync, sign, verify } from "node:crypto";
import { routes } from "@strongroom/api";
import { startInstallation } from "../../e2e/socket/fixtures/installation.ts";
import { accounts, installationHost } from "../../e2e/socket/fixtures/names.ts";
import { amdChain, runtimeOf, snpBody, wrapRuntime } from "../../e2e/socket/fixtures/tee.ts";
import { teeAuthority } from "../../e2e/socket/fixtures/tee-authority.ts";
import { row } from "../in-node.ts";
import { shippedBuild } from "../vault/measured-vault.ts";
import { type Measured, type MeasuredFigure, medianOf, runLoad } from "../vault/run-load.ts";
import { inTurns } from "./turns.ts";

const rounds = Number(process.env["STRONGROOM_BENCH_ROUNDS"] ?? "4");
const connections = Number(process.env["STRONGROOM_BENCH_CONNECTIONS"] ?? "64");
/** In each round. They are minted between challenge and attestation, and a nonce lives for minutes. */
const attestations = Number(process.env["STRONGROOM_BENCH_ATTESTATIONS"] ?? "1500");
/** Before the rounds, as long as the engine compiles. */
const warmUp = 2_000;

await using installation = await startInstallation({
  ...{ cluster: true, authority: "operator" },
  build: await shippedBuild(),
});
const { cluster, vault, hsm } = installation;
await using _stopping = { [Symbol.asyncDispose]: async () => void (await vault.stop()) };
await installation.manage((client) =>
  client.putAuthority({
    ...{ epoch: 1, generation: 1, owner: { uid: "authority" }, spec: teeAuthority() },
  }),
);
await cluster.makeNode("measured");
const pod = await cluster.makePod("measured", accounts.nodePlugin);
const token = await cluster.podToken(pod);

/** POSTs each body once. */
async function post(path: string, bodies: readonly string[]): Promise<Measured> {
  const order = {
    ...{ port: vault.port, ca: installation.ca(), serverName: installationHost, token },
    ...{ paths: [path], bodies, connections, warmUpMs: 0, measureMs: 60_000 },
  };
  return await runLoad(order, { pid: vault.pid(), beside: hsm.pid() });
}

// A chip's certificate is made once; its signature would be another one each time.
const chain = amdChain();
const { value: keySet } = await runtimeOf("");
async function attest(count: number) {
  const challenge = await post(
    routes.challenge,
    Array.from({ length: count }, () => ""),
  );
  const bodies = challenge.answers.map((answer) =>
    JSON.stringify(snpBody(wrapRuntime({ ...keySet, nonce: JSON.parse(answer).nonce }), {}, chain)),
  );
  return {
    challenge,
    attestation: await post(`${routes.attestSnp}?api-version=2022-08-01`, bodies),
  };
}

function bareMilliseconds() {
  const message = new Uint8Array(672);
  const amd = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const ours = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signature = sign("sha384", message, amd.privateKey);
  const taken = inTurns(
    {
      verification: () => verify("sha384", message, amd.publicKey, signature),
      signature: () => sign("sha256", message, ours.privateKey),
    },
    4,
  );
  return { verification: taken.verification.cpu / 1e3, signature: taken.signature.cpu / 1e3 };
}

await attest(warmUp);
const all: Awaited<ReturnType<typeof attest>>[] = [];
const bares: ReturnType<typeof bareMilliseconds>[] = [];
// In turns: a machine's speed is not the same from one second to the next.
for (let round = 0; round < rounds; round += 1) {
  all.push(await attest(attestations));
  bares.push(bareMilliseconds());
}
const bare = {
  verification: medianOf(bares, "verification"),
  signature: medianOf(bares, "signature"),
};
const median = (which: "challenge" | "attestation", figure: MeasuredFigure) =>
  medianOf(
    all.map((each) => each[which]),
    figure,
  );
const sum = (figure: "cpuPerThousand" | "cpuBesidePerThousand") =>
  median("challenge", figure) + median("attestation", figure);
const failures = all.reduce(
  (total, each) => total + each.challenge.failures + each.attestation.failures,
  0,
);
const cpu = sum("cpuPerThousand");
const least = bare.verification + bare.signature;

console.log(
  `\nSNP attestations by the authority (${rounds} rounds of ${attestations}, ${connections} connections)`,
);
console.log("CPU is that of all threads of the process; a challenge and its attestation are one.");
row("", "", "goal", "P-384 + ES256 = 1");
row(
  "attestations/CPU s of the vault",
  (1_000 / cpu).toFixed(0),
  ">= 500",
  (cpu / least).toFixed(2),
);
row("CPU ms: challenge", median("challenge", "cpuPerThousand").toFixed(3), "", "");
row("CPU ms: attestation", median("attestation", "cpuPerThousand").toFixed(3), "", "");
row("CPU ms of the HSM host", sum("cpuBesidePerThousand").toFixed(3), "", "");
row("bare P-384 verification, CPU ms", bare.verification.toFixed(3), "", "");
row("bare ES256 signature, CPU ms", bare.signature.toFixed(3), "", "");
row("attestations/s", median("attestation", "perSecond").toFixed(0), "", "");
row("p50 ms", median("attestation", "p50").toFixed(2), "", "");
row("p99 ms", median("attestation", "p99").toFixed(2), "", "");
row("answers other than 200", String(failures), "0", "");
