// SPDX-License-Identifier: Apache-2.0
/** Certificates on Key Vault's wire: what clients send, and what they read. */

import { maxTagLength } from "@strongroom/api";
import { fromBase64url, toBase64url } from "@strongroom/core";
import { z } from "zod";
import type { CertificatePolicy } from "../../certificates/certificate-policy.ts";
import {
  type CertificateMembers,
  certificateType,
  leafOf,
  thumbprintOf,
} from "../../certificates/certificate-type.ts";
import {
  maxBundleLength,
  maxCertificateLength,
  maxMergedCertificates,
  maxPasswordLength,
} from "../../certificates/limits.ts";
import type { CertificateOperation } from "../../certificates/operation-record.ts";
import { policyWireSchema } from "../../certificates/policy-wire.ts";
import type { FoundVersion } from "../../objects/read-object.ts";
import type { Vault } from "../../vaults/vault-record.ts";
import { readCertificate } from "../../x509/certificate-fields.ts";
import {
  attributesWireSchema,
  objectId,
  tagsWireSchema,
  versionId,
  wireAttributes,
} from "../objects/object-wire.ts";

/** What every body may say of the version. Times are the certificate's own, whatever a body says. */
const saidSchema = z.object({
  attributes: attributesWireSchema.nullish(),
  tags: tagsWireSchema(maxTagLength).nullish(),
});

/** Body of CreateCertificate. */
export const createCertificateSchema = saidSchema.extend({
  policy: policyWireSchema,
  preserveCertOrder: z.boolean().nullish(),
});

/** Body of ImportCertificate. */
export const importCertificateSchema = saidSchema.extend({
  value: z.string().min(1).max(maxBundleLength),
  pwd: z.string().max(maxPasswordLength).nullish(),
  policy: policyWireSchema.nullish(),
  preserveCertOrder: z.boolean().nullish(),
});

/** Body of UpdateCertificate. */
export const updateCertificateSchema = saidSchema.extend({ policy: policyWireSchema.nullish() });

/** Body of MergeCertificate. */
export const mergeCertificateSchema = saidSchema.extend({
  x5c: z
    .array(
      z
        .string()
        .max(maxCertificateLength)
        .regex(/^[A-Za-z0-9+/_-]+={0,2}$/),
    )
    .min(1)
    .max(maxMergedCertificates),
});

/** Body of UpdateCertificateOperation. */
export const updateOperationSchema = z.object({ cancellation_requested: z.boolean() });

/** Query of the list of certificates. */
export const includePendingSchema = z.object({
  includePending: z.enum(["true", "false", "True", "False"]).optional(),
});

/** What a body says of the version. */
export function saidOf({
  attributes,
  tags,
}: z.infer<typeof saidSchema>): CertificateOperation["attributes"] {
  const enabled = attributes?.enabled ?? undefined;
  return { ...(enabled === undefined ? {} : { enabled }), ...(tags == null ? {} : { tags }) };
}

/** A version with what belongs to it. */
export interface ShownCertificate extends FoundVersion<CertificateMembers> {
  readonly policy?: CertificatePolicy | undefined;
  readonly operation?: CertificateOperation | undefined;
}

/** A version of a certificate. */
export function certificateBundle(origin: string, vault: Vault, found: ShownCertificate) {
  const { object, version, policy, operation } = found;
  const place = `${object.name}/${version.version}`;
  const leaf = leafOf(version);
  const { preserveCertOrder } = version;
  return {
    id: versionId(origin, certificateType, found),
    kid: `${origin}/keys/${place}`,
    sid: `${origin}/secrets/${place}`,
    ...(leaf === undefined
      ? {}
      : { x5t: toBase64url(thumbprintOf(leaf)), cer: Buffer.from(leaf).toString("base64") }),
    attributes: wireAttributes(vault, version),
    tags: version.tags ?? {},
    ...(preserveCertOrder === undefined ? {} : { preserveCertOrder }),
    ...(policy === undefined
      ? {}
      : {
          policy: policyBundle(origin, object.name, policy),
          contentType: policy.secret_props.contentType,
        }),
    ...(operation?.status === "inProgress"
      ? { pending: { id: operationId(origin, object.name) } }
      : {}),
  };
}

/** An entry of a list of versions. */
export function certificateVersionItem(
  origin: string,
  vault: Vault,
  found: FoundVersion<CertificateMembers>,
) {
  const leaf = leafOf(found.version);
  return {
    id: versionId(origin, certificateType, found),
    ...(leaf === undefined
      ? {}
      : {
          x5t: toBase64url(thumbprintOf(leaf)),
          subject: readCertificate(leaf).subjectText,
        }),
    attributes: wireAttributes(vault, found.version),
    tags: found.version.tags ?? {},
  };
}

/** An entry of the list of certificates, whose id names no version. */
export function certificateItem(
  origin: string,
  vault: Vault,
  found: FoundVersion<CertificateMembers>,
) {
  return {
    ...certificateVersionItem(origin, vault, found),
    id: objectId(origin, certificateType, found.object),
  };
}

/** A policy. */
export function policyBundle(origin: string, name: string, policy: CertificatePolicy) {
  return { id: `${origin}/certificates/${name}/policy`, ...policy };
}

/** An operation. */
export function operationBundle(origin: string, name: string, operation: CertificateOperation) {
  const { status, issuer, csr, error, requestId, preserveCertOrder } = operation;
  return {
    id: operationId(origin, name),
    issuer,
    ...(csr === undefined ? {} : { csr: Buffer.from(fromBase64url(csr)).toString("base64") }),
    cancellation_requested: status === "cancelled",
    status,
    ...statusDetails(operation),
    ...(error === undefined ? {} : { error }),
    ...(status === "completed" ? { target: `${origin}/certificates/${name}` } : {}),
    request_id: requestId,
    ...(preserveCertOrder === undefined ? {} : { preserveCertOrder }),
  };
}

function statusDetails({ status, csr, error }: CertificateOperation) {
  if (status === "inProgress") {
    return {
      status_details:
        csr === undefined
          ? "Pending certificate is being made; check again later."
          : "Pending certificate created. Please Perform Merge to complete the request.",
    };
  }
  return error === undefined ? {} : { status_details: error.message };
}

function operationId(origin: string, name: string): string {
  return `${origin}/certificates/${name}/pending`;
}
