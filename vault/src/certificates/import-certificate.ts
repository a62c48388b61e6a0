// SPDX-License-Identifier: Apache-2.0
/** Importing a bundle: its key, certificate and chain become a version, and its certificate the policy where none is given. */

import { SecretBytes, utf8 } from "@strongroom/core";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { newVersion, sealMaterial } from "../objects/material.ts";
import type { FoundVersion } from "../objects/read-object.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import type { Vault } from "../vaults/vault-record.ts";
import {
  type BundleSource,
  type CertificateBundle,
  readBundle,
} from "../x509/certificate-bundle.ts";
import { requireReady } from "./begin-enrolment.ts";
import type { CertificateMembers } from "./certificate-type.ts";
import type { CertificateDeps } from "./finish-enrolment.ts";
import { importedPolicy } from "./imported-policy.ts";
import type { CertificateOperation } from "./operation-record.ts";
import { putPolicy } from "./policy-record.ts";
import type { PolicyBody } from "./policy-wire.ts";
import { secretContent } from "./secret-content.ts";
import { writeCertificate } from "./write-certificate.ts";

/** What is imported. */
export interface ImportRequest {
  readonly vault: Vault;
  readonly name: string;
  readonly source: BundleSource;
  readonly policy: PolicyBody | undefined;
  readonly attributes: CertificateOperation["attributes"];
  readonly preserveCertOrder?: boolean | undefined;
  readonly at: Date;
}

/** Prepares it; what is answered writes it. @throws {StrongroomError} `BadParameter`. */
export async function prepareImport(
  deps: CertificateDeps,
  request: ImportRequest,
): Promise<(tx: LedgerTransaction) => Promise<FoundVersion<CertificateMembers>>> {
  const { vault, name, at, attributes, preserveCertOrder } = request;
  const bundle = await readBundle(request.source);
  const policy = importedPolicy(bundle, request, toSeconds(at));
  const version = newVersion();
  const key = await deps.certificateKeys.take({ vault, name, version }, bundle.key, policy);
  using exported = key.exported;
  const { contentType } = policy.secret_props;
  const parts = { key: exported?.reveal(), certificates: bundle.certificates };
  using content = await secretContent(parts, contentType);
  const place = { kind: "secrets", name, version } as const;
  const secret = await sealMaterial(deps.derive(vault), vault, place, content.reveal());
  return async (tx) => {
    await requireReady(tx, vault, name);
    await putPolicy(tx, vault, name, policy);
    return await writeCertificate(tx, {
      ...{ vault, name, version, at, attributes, preserveCertOrder, key, contentType, secret },
      chain: { certificates: bundle.certificates, leaf: leafIndex(bundle) },
    });
  };
}

/** A bundle as it came in a request: PEM as it is, anything else in base64, whatever is in there. */
export function bundleOf(
  value: string,
): Pick<BundleSource, "form"> & { readonly bytes: SecretBytes } {
  if (value.includes(pemBegin)) {
    return { form: "pem", bytes: new SecretBytes(utf8(value)) };
  }
  const bytes = new SecretBytes(new Uint8Array(Buffer.from(value, "base64")));
  const isPem = Buffer.from(bytes.reveal()).includes(pemBegin);
  return { form: isPem ? "pem" : "pfx", bytes };
}

const pemBegin = "-----BEGIN ";

function leafIndex({ leaf, certificates }: CertificateBundle): number {
  return certificates.indexOf(leaf.der);
}
