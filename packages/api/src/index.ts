// SPDX-License-Identifier: Apache-2.0
/** The contract: custom resources and HTTP bodies as schemas, names and limits. */

export * from "./charter/charter.ts";
export * from "./charter/charter-warnings.ts";
export * from "./charter/order.ts";
export * from "./charter/statement.ts";
export * from "./http/attest-requests.ts";
export * from "./http/attestation.ts";
export * from "./http/audit.ts";
export * from "./http/domain.ts";
export * from "./http/enrolment.ts";
export * from "./http/error-body.ts";
export * from "./http/full-backup.ts";
export * from "./http/manage.ts";
export * from "./http/manage-attestation.ts";
export * from "./http/manage-objects.ts";
export * from "./http/release.ts";
export * from "./http/routes.ts";
export * from "./http/secret-rotation.ts";
export * from "./http/tee-attestation.ts";
export * from "./http/vault-identity.ts";
export { intDate } from "./http/wire.ts";
export * from "./limits.ts";
export * from "./names.ts";
export * from "./resources/attestation/attestation-authority.ts";
export * from "./resources/attestation/attested-node.ts";
export * from "./resources/attestation/external-issuer.ts";
export type { TrustClass } from "./resources/attestation/trust-root.ts";
export * from "./resources/key-release-policy.ts";
export * from "./resources/resource.ts";
export * from "./resources/resource-kind.ts";
export type { RoleAssignmentSpec } from "./resources/role-assignment.ts";
export * from "./resources/secret-vault.ts";
export * from "./resources/status.ts";
export * from "./resources/vault-certificate.ts";
export * from "./resources/vault-key.ts";
export * from "./resources/vault-secret.ts";
export * from "./sealed-value.ts";
