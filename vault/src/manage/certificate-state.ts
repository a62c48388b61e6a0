// SPDX-License-Identifier: Apache-2.0
/** How far a certificate has come, as the operator shows it. Nothing of it is secret. */

import type { PutCertificateResponse } from "@strongroom/api";
import { fromBase64url, sha256, toHex } from "@strongroom/core";
import { certificateType, leafOf } from "../certificates/certificate-type.ts";
import { findOperation } from "../certificates/operation-record.ts";
import type { RecordReader } from "../ledger/ledger.ts";
import { findVersion } from "../objects/read-object.ts";
import type { Vault } from "../vaults/vault-record.ts";

/** Characters of a message, at most. */
const maxMessage = 1_024;

/** The newest operation, and the current version. @throws {Refusal} `NotFound` */
export async function certificateState(
  reader: RecordReader,
  vault: Vault,
  name: string,
): Promise<Omit<PutCertificateResponse, "created">> {
  const { object, version } = await findVersion(reader, vault, certificateType, { name });
  const operation = await findOperation(reader, vault, name);
  const leaf = leafOf(version);
  const { status = "completed", error, csr } = operation ?? {};
  return {
    version: version.version,
    id: `https://${vault.hosts[0]}/certificates/${object.name}/${version.version}`,
    state: status,
    ...(error !== undefined && { message: error.message.slice(0, maxMessage) }),
    ...(leaf !== undefined && { thumbprint: toHex(sha256(leaf)) }),
    ...(leaf !== undefined && version.exp !== undefined && { expires: version.exp }),
    ...(status === "inProgress" &&
      csr !== undefined && { request: Buffer.from(fromBase64url(csr)).toString("base64") }),
  };
}
