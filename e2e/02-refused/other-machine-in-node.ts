// SPDX-License-Identifier: Apache-2.0
/** A second machine with a TPM of its own: it may speak for its own node, and for no other. */

import { createInstallationAdapter } from "../../csi-driver/src/attestation/installation-adapter.ts";
import type { TpmCollector } from "../../csi-driver/src/tpm/create-tpm-collector.ts";
import {
  attested,
  evidenceOf,
  granted,
  refusedAs,
  releaseRequest,
  startPlaying,
  tpmAt,
} from "./machine.ts";

const { input, plugin, otherPlugin, tpm } = await startPlaying();
const otherTpm = tpmAt("strongroom-tpm-other");

async function enrol(client: typeof plugin, device: TpmCollector): Promise<void> {
  const adapter = createInstallationAdapter(client);
  const signal = AbortSignal.timeout(30_000);
  const { id, ...credential } = await adapter.enrol(await device.identity(), signal);
  await adapter.activate({ id, secret: await device.activate(credential) }, signal);
}

await refusedAs("NotEnrolled", "the other machine before it is enrolled", () =>
  attested(otherPlugin, otherTpm),
);
await refusedAs("EnrolmentRefused", "this machine's TPM for the other node", () =>
  enrol(otherPlugin, tpm),
);
await refusedAs("EnrolmentRefused", "the other machine's TPM for this node", () =>
  enrol(plugin, otherTpm),
);
await enrol(otherPlugin, otherTpm);
const other = await attested(otherPlugin, otherTpm);
const own = await releaseRequest(input, input.elsewhere, other);
await granted("a release to a pod of the other node", own);

const stolen = await releaseRequest(input, input.here, other);
await refusedAs("NodeMismatch", "the token of a pod of this node, on the other", stolen);
const relayed = await evidenceOf(otherTpm, (await plugin.challenge()).nonce, other.keys);
await refusedAs("EvidenceRefused", "the other machine's evidence as this node's", () =>
  plugin.attestTpm(relayed),
);
process.exit(0);
