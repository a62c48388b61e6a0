// SPDX-License-Identifier: Apache-2.0
/** Makes a software TPM an Azure machine's: the paravisor's key, and its report about that key. */

import type { KeyObject } from "node:crypto";
import {
  objectAttribute,
  parseTpmPublic,
  tpm2b,
  tpmAlgorithm,
  tpmPublicKey,
  u16be,
} from "@strongroom/attestation";
import { concatBytes, u32be } from "@strongroom/core";
import { persistKey } from "../../tpm/__fixtures__/raw-commands.ts";
import { writeNvIndex } from "../../tpm/nv-memory.ts";
import { readPublic } from "../../tpm/tpm-keys.ts";
import type { TpmTransport } from "../../tpm/tpm-transport.ts";
import { azureHandle } from "../create-azure-collector.ts";

const { fixedTpm, fixedParent, sensitiveDataOrigin, userWithAuth, restricted, sign } =
  objectAttribute;

/** As the paravisor makes its key: restricted RSA-2048, RSASSA with SHA-256. */
const hclAkTemplate = concatBytes(
  ...[u16be(tpmAlgorithm.rsa), u16be(tpmAlgorithm.sha256)],
  u32be(fixedTpm | fixedParent | sensitiveDataOrigin | userWithAuth | restricted | sign),
  tpm2b(new Uint8Array()),
  ...[u16be(tpmAlgorithm.null), u16be(tpmAlgorithm.rsassa), u16be(tpmAlgorithm.sha256)],
  ...[u16be(2048), u32be(0), tpm2b(new Uint8Array(256))],
);

/** Provisions the TPM. @param makeReport Makes the paravisor's report about the TPM's attestation key */
export async function provisionParavisor(
  transport: TpmTransport,
  makeReport: (attestationKey: KeyObject) => Uint8Array,
): Promise<void> {
  await transport.use(async (channel) => {
    await persistKey(channel, hclAkTemplate, azureHandle.attestationKey);
    const { publicArea } = await readPublic(channel, azureHandle.attestationKey);
    const attestationKey = tpmPublicKey(parseTpmPublic(publicArea));
    await writeNvIndex(channel, azureHandle.report, makeReport(attestationKey));
  });
}
