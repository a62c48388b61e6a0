// SPDX-License-Identifier: Apache-2.0
/** Plays the node plugin in the node, honestly once and then not. Tokens come on standard input. */

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createVaultClient } from "@strongroom/client";
import { isStrongroomError, sha256, silentLog, toBase64url, utf8 } from "@strongroom/core";
import { generateReleaseKeys } from "../../csi-driver/src/attestation/release-keys.ts";
import { signProof } from "../../csi-driver/src/release/proof.ts";
import { connectTpm } from "../../csi-driver/src/tpm/connect-tpm.ts";
import { createTpmCollector } from "../../csi-driver/src/tpm/create-tpm-collector.ts";

interface Input {
  readonly address: string;
  readonly ca: string;
  /** Token of the node plugin's pod on this node. */
  readonly plugin: string;
  /** Token of a pod on this node, and of one on another. */
  readonly here: string;
  readonly hereUid: string;
  readonly elsewhere: string;
  /** Uid of the vault. */
  readonly vault: string;
}

const input = JSON.parse(readFileSync(0, "utf8")) as Input;
const client = (serverName: string) =>
  createVaultClient({
    dial: { host: input.address, port: 443 },
    serverName,
    ca: () => input.ca,
    token: async () => input.plugin,
  });
using installation = client("strongroom.strongroom-system.svc");
using vault = client("refused.e2e-refused.svc");
const transport = connectTpm({ kind: "socket", path: "/run/strongroom-tpm/tpm.sock" });
const collector = createTpmCollector({ transport, log: silentLog });

async function evidence(nonce: string, keys: Awaited<ReturnType<typeof generateReleaseKeys>>) {
  const offered = [keys.encrypt.jwk, keys.deriveKey.jwk, keys.verify.jwk];
  const runtimeData = utf8(JSON.stringify({ nonce, keys: offered }));
  const quoted = await collector.quote(sha256(runtimeData), [0, 1, 2, 3, 4, 5, 6, 7]);
  return {
    type: "tpm" as const,
    akPublic: toBase64url(quoted.akPublic),
    quote: toBase64url(quoted.quote),
    signature: toBase64url(quoted.signature),
    pcrs: { sha256: quoted.pcrs },
    runtimeData: toBase64url(runtimeData),
  };
}

async function refusedAs(
  code: string,
  what: string,
  attempt: () => Promise<unknown>,
): Promise<void> {
  const outcome = await attempt().then(
    () => "accepted",
    (error: unknown) => (isStrongroomError(error) ? error.code : String(error)),
  );
  console.log(`${what}: ${outcome}`);
  if (outcome !== code) {
    process.exit(1);
  }
}

async function release(token: string, target: string, key: Parameters<typeof signProof>[0]) {
  const body = utf8(JSON.stringify({ target, items: [{ kind: "secrets", name: "admitted" }] }));
  const claims = {
    vaultUid: input.vault,
    podToken: token,
    target,
    body,
    jti: randomUUID(),
    at: new Date(),
  };
  const proof = await signProof(key, claims);
  return await vault.release({ token, proof, body: Buffer.from(body).toString() });
}

const keys = await generateReleaseKeys();
const honest = await evidence((await installation.challenge()).nonce, keys);
const { token: target } = await installation.attestTpm(honest);
const answer = await release(input.here, target, keys.verify);
if (answer.items[0]?.jwe === undefined) {
  throw new Error("the control, a release to a pod of this node, was not granted");
}
await refusedAs("NonceInvalid", "the same evidence again", () => installation.attestTpm(honest));
const invented = toBase64url(new Uint8Array(57).fill(1));
const forged = await evidence(invented, keys);
await refusedAs("NonceInvalid", "a nonce that the vault did not make", () =>
  installation.attestTpm(forged),
);
await refusedAs("NodeMismatch", "the token of a pod on another node", () =>
  release(input.elsewhere, target, keys.verify),
);
await refusedAs("Forbidden", "a pod's token in place of the node plugin's", async () => {
  using other = createVaultClient({
    dial: { host: input.address, port: 443 },
    serverName: "strongroom.strongroom-system.svc",
    ca: () => input.ca,
    token: async () => input.here,
  });
  return await other.challenge();
});
process.exit(0);
