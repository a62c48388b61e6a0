// SPDX-License-Identifier: Apache-2.0
/** Typed client of the vault, and the check of what it releases. */

export type { AuditClient } from "./audit-client.ts";
export type { BackupClient } from "./backup-client.ts";
export type { DomainClient } from "./domain-client.ts";
export type { ManageClient } from "./manage-client.ts";
export type { ReceiptClient } from "./receipt-client.ts";
export { retryAfterOf } from "./retry-after.ts";
export { createVaultClient, type ReleaseCall, type VaultClient } from "./vault-client.ts";
export type { VaultClientOptions } from "./vault-transport.ts";
export { type ReceiptExpectation, verifyReceipt } from "./verify-receipt.ts";
export {
  type ReleaseExpectation,
  type VerifiedItem,
  type VerifiedRelease,
  verifyRelease,
} from "./verify-release.ts";
