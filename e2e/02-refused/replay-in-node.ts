// SPDX-License-Identifier: Apache-2.0
/** Plays the node plugin in the node, honestly once and then not. Tokens come on standard input. */

import { toBase64url } from "@strongroom/core";
import { generateReleaseKeys } from "../../csi-driver/src/attestation/release-keys.ts";
import {
  attested,
  evidenceOf,
  granted,
  installationClient,
  refusedAs,
  releaseRequest,
  startPlaying,
} from "./machine.ts";

const { input, plugin, otherPlugin, tpm } = await startPlaying();
using application = installationClient(input, input.here);
const honest = await attested(plugin, tpm);
const request = await releaseRequest(input, input.here, honest);

await granted("a release to a pod of this node", request);
await refusedAs("ProofReplayed", "the same request again", request);
await refusedAs("NonceInvalid", "the same evidence again", () => plugin.attestTpm(honest.evidence));

const invented = await evidenceOf(tpm, toBase64url(new Uint8Array(57).fill(1)), honest.keys);
await refusedAs("NonceInvalid", "a nonce that the vault did not make", () =>
  plugin.attestTpm(invented),
);
const { nonce } = await otherPlugin.challenge();
const borrowed = await evidenceOf(tpm, nonce, honest.keys);
await refusedAs("NonceInvalid", "a nonce of another node", () => plugin.attestTpm(borrowed));

const foreign = await releaseRequest(input, input.elsewhere, honest);
await refusedAs("NodeMismatch", "the token of a pod on another node", foreign);
const stolen = { ...honest, keys: await generateReleaseKeys() };
const unproven = await releaseRequest(input, input.here, stolen);
await refusedAs("ProofInvalid", "an attestation token without its keys", unproven);
await refusedAs("Forbidden", "a pod's token in place of the node plugin's", () =>
  application.challenge(),
);
process.exit(0);
