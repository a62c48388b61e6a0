// SPDX-License-Identifier: Apache-2.0
/** A machine that plays the node plugin by hand, with a TPM of the node and somebody's tokens. */

import { randomUUID } from "node:crypto";
import type { TpmEvidence } from "@strongroom/api";
import { createVaultClient, type VaultClient } from "@strongroom/client";
import { isStrongroomError, sha256, silentLog, utf8 } from "@strongroom/core";
import {
  generateReleaseKeys,
  type ReleaseKeys,
} from "../../csi-driver/src/attestation/release-keys.ts";
import { toEvidence } from "../../csi-driver/src/attestation/to-evidence.ts";
import { signProof } from "../../csi-driver/src/release/proof.ts";
import { connectTpm } from "../../csi-driver/src/tpm/connect-tpm.ts";
import {
  createTpmCollector,
  type TpmCollector,
} from "../../csi-driver/src/tpm/create-tpm-collector.ts";
import { readInput } from "../lib/read-input.ts";

/** What the step hands over on standard input, so that tokens are in no argument. */
export interface Input {
  readonly address: string;
  readonly ca: string;
  /** Tokens of the node plugin's pods, on this node and on the other. */
  readonly plugin: string;
  readonly otherPlugin: string;
  /** Tokens of the application's pods, on this node and on the other. */
  readonly here: string;
  readonly elsewhere: string;
  /** Uid of the vault. */
  readonly vault: string;
}

/** What both programs begin with: the input, clients as the node plugin of both nodes, and this machine's TPM. */
export async function startPlaying() {
  const input = await readInput<Input>();
  const plugin = installationClient(input, input.plugin);
  const otherPlugin = installationClient(input, input.otherPlugin);
  return { input, plugin, otherPlugin, tpm: tpmAt("strongroom-tpm") };
}

/** A client of the installation's host, as whom `token` says. */
export function installationClient({ address, ca }: Input, token: string): VaultClient {
  return clientOf({ address, ca }, "strongroom.strongroom-system.svc", token);
}

function clientOf({ address, ca }: Pick<Input, "address" | "ca">, host: string, token: string) {
  return createVaultClient({
    dial: { host: address, port: 443 },
    serverName: host,
    ca: () => ca,
    token: async () => token,
  });
}

/** The TPM of an instance of the local cluster. */
export function tpmAt(folder: string): TpmCollector {
  const transport = connectTpm({ kind: "socket", path: `/run/${folder}/tpm.sock` });
  return createTpmCollector({ transport, log: silentLog });
}

/** Evidence as the node plugin sends it. */
export async function evidenceOf(
  tpm: TpmCollector,
  nonce: string,
  keys: ReleaseKeys,
): Promise<TpmEvidence> {
  const offered = [keys.encrypt.jwk, keys.deriveKey.jwk, keys.verify.jwk];
  const runtimeData = utf8(JSON.stringify({ nonce, keys: offered }));
  const quoted = await tpm.quote(sha256(runtimeData), [0, 1, 2, 3, 4, 5, 6, 7]);
  return toEvidence(quoted, runtimeData);
}

/** What a machine that was attested holds. */
export interface Attested {
  readonly keys: ReleaseKeys;
  readonly target: string;
  /** What it was attested by. */
  readonly evidence: TpmEvidence;
}

/** Attests honestly. */
export async function attested(client: VaultClient, tpm: TpmCollector): Promise<Attested> {
  const keys = await generateReleaseKeys();
  const evidence = await evidenceOf(tpm, (await client.challenge()).nonce, keys);
  const { token: target } = await client.attestTpm(evidence);
  return { keys, target, evidence };
}

/** A release request for the secret that every policy admits; to be sent once or more often. */
export async function releaseRequest(
  input: Input,
  podToken: string,
  { keys, target }: Pick<Attested, "keys" | "target">,
) {
  const body = utf8(JSON.stringify({ target, items: [{ kind: "secrets", name: "admitted" }] }));
  const claims = {
    vaultUid: input.vault,
    podToken,
    target,
    body,
    jti: randomUUID(),
    at: new Date(),
  };
  const proof = await signProof(keys.verify, claims);
  return async () => {
    using vault = clientOf(input, "refused.e2e-refused.svc", podToken);
    return await vault.release({ token: podToken, proof, body: Buffer.from(body).toString() });
  };
}

/** Ends the program unless the vault refuses with `code`. */
export async function refusedAs(
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

/** Ends the program unless the value is released, which shows that the refusals have other reasons. */
export async function granted(
  what: string,
  request: Awaited<ReturnType<typeof releaseRequest>>,
): Promise<void> {
  const answer = await request();
  console.log(`${what}: ${answer.items[0]?.jwe === undefined ? "denied" : "granted"}`);
  if (answer.items[0]?.jwe === undefined) {
    process.exit(1);
  }
}
