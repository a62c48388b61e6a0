// SPDX-License-Identifier: Apache-2.0
/** What every other part stands on: errors, bytes, time, logging, and the formats of records, values and audit. */

export * from "./access.ts";
export * from "./access-conditions.ts";
export * from "./access-scope.ts";
export { isAddressRange } from "./address-range.ts";
export * from "./audit-format.ts";
export * from "./built-in-roles.ts";
export * from "./bytes.ts";
export * from "./charter/decide-by-charter.ts";
export * from "./charter/signer-key.ts";
export * from "./charter/verify-signers.ts";
export * from "./clock.ts";
export * from "./covers-grant.ts";
export * from "./create-log.ts";
export * from "./data-actions.ts";
export * from "./derive-subkey.ts";
export * from "./durable-file.ts";
export * from "./errno.ts";
export * from "./errors.ts";
export * from "./free-port.ts";
export {
  exchangeHttps,
  exchangeHttpsBytes,
  type HttpsBytesResponse,
  type HttpsOptions,
  type HttpsRequest,
  type HttpsResponse,
  sendHttps,
} from "./https-exchange.ts";
export * from "./json/canonical-json.ts";
export { JsonTooDeep, parseJson, parseJsonIfAny, toJsonValue } from "./json/parse-json.ts";
export * from "./json/require-shallow-token.ts";
export * from "./link-local-exchange.ts";
export * from "./log.ts";
export * from "./merkle-proofs.ts";
export { emptyRoot, type Hash, leafHash, leafHashOfText, MerkleTree } from "./merkle-tree.ts";
export * from "./parse-data-action.ts";
export * from "./policy/decision-report.ts";
export * from "./policy/evaluate-policy.ts";
export { type Claims, lookUpClaim } from "./policy/look-up-claim.ts";
export { releasePolicySchema } from "./policy/parse-release-policy.ts";
export * from "./policy/policy-claims.ts";
export { type PolicyRisk, policyRisks, type TrustedAuthorities } from "./policy/policy-risks.ts";
export { type ReferenceValues, toReferenceValues } from "./policy/reference-values.ts";
export * from "./policy/release-policy.ts";
export { unusualClaims } from "./policy/unusual-environment.ts";
export * from "./record-format.ts";
export * from "./rollback-statement.ts";
export * from "./rsa-public-key.ts";
export * from "./same-public-key.ts";
export * from "./sealed-value.ts";
export * from "./secret-bytes.ts";
export * from "./serialise.ts";
