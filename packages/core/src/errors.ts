// SPDX-License-Identifier: Apache-2.0
/** The one error class of the project and the table that maps its codes to every wire. */

/** How one error code looks outside: HTTP status, gRPC status, process exit code, and whether a retry may help. */
export interface ErrorTraits {
  readonly http: number;
  readonly grpc: string;
  readonly exit: number;
  readonly retry: "never" | "backoff";
}

/** Every error code, with its outside traits. Alphabetical; codes are part of the wire contract. */
export const errorTable = {
  AddressConflict: { http: 409, grpc: "ALREADY_EXISTS", exit: 65, retry: "never" },
  ApiServerUnavailable: { http: 503, grpc: "UNAVAILABLE", exit: 75, retry: "backoff" },
  AttestationRefused: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  AuditUnavailable: { http: 503, grpc: "UNAVAILABLE", exit: 75, retry: "backoff" },
  BackupTargetRefused: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  BackupTargetUnavailable: { http: 503, grpc: "UNAVAILABLE", exit: 75, retry: "backoff" },
  BadParameter: { http: 400, grpc: "INVALID_ARGUMENT", exit: 64, retry: "never" },
  BindingMismatch: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  CharterRefused: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  Conflict: { http: 409, grpc: "ABORTED", exit: 75, retry: "backoff" },
  CurrentVersion: { http: 409, grpc: "FAILED_PRECONDITION", exit: 65, retry: "never" },
  EndorsementsUnavailable: { http: 503, grpc: "UNAVAILABLE", exit: 75, retry: "backoff" },
  EnrolmentRefused: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  EvidenceMalformed: { http: 400, grpc: "INVALID_ARGUMENT", exit: 65, retry: "never" },
  EvidenceRefused: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  Forbidden: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  HeadRollback: { http: 503, grpc: "DATA_LOSS", exit: 74, retry: "never" },
  HsmBlobRejected: { http: 503, grpc: "DATA_LOSS", exit: 74, retry: "never" },
  HsmBusy: { http: 503, grpc: "UNAVAILABLE", exit: 75, retry: "backoff" },
  HsmRefused: { http: 503, grpc: "FAILED_PRECONDITION", exit: 78, retry: "never" },
  HsmUnavailable: { http: 503, grpc: "UNAVAILABLE", exit: 75, retry: "backoff" },
  Internal: { http: 500, grpc: "INTERNAL", exit: 70, retry: "backoff" },
  IssuerUnavailable: { http: 503, grpc: "UNAVAILABLE", exit: 75, retry: "backoff" },
  Misdirected: { http: 421, grpc: "FAILED_PRECONDITION", exit: 78, retry: "never" },
  NameInUse: { http: 409, grpc: "ALREADY_EXISTS", exit: 65, retry: "never" },
  NodeMismatch: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  NonceInvalid: { http: 400, grpc: "INVALID_ARGUMENT", exit: 65, retry: "backoff" },
  NotActivated: { http: 503, grpc: "FAILED_PRECONDITION", exit: 78, retry: "never" },
  NotEnrolled: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  NotFound: { http: 404, grpc: "NOT_FOUND", exit: 66, retry: "never" },
  ObjectDisabled: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  ObjectExpired: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  ObjectIsBeingDeleted: { http: 409, grpc: "ABORTED", exit: 75, retry: "backoff" },
  ObjectIsDeletedButRecoverable: {
    http: 409,
    grpc: "FAILED_PRECONDITION",
    exit: 65,
    retry: "never",
  },
  ObjectManaged: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  ObjectNotYetValid: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  OperationNotPermitted: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  OrderRequired: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  PinIncorrect: { http: 503, grpc: "FAILED_PRECONDITION", exit: 78, retry: "never" },
  PolicyDenied: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  PolicyImmutable: { http: 409, grpc: "FAILED_PRECONDITION", exit: 65, retry: "never" },
  ProofInvalid: { http: 401, grpc: "UNAUTHENTICATED", exit: 77, retry: "never" },
  ProofReplayed: { http: 401, grpc: "UNAUTHENTICATED", exit: 77, retry: "never" },
  PurgeProtected: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  RecoveryRequired: { http: 503, grpc: "FAILED_PRECONDITION", exit: 78, retry: "never" },
  ReleaseDenied: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  ReleaseRequired: { http: 403, grpc: "PERMISSION_DENIED", exit: 77, retry: "never" },
  ResponseUntrusted: { http: 502, grpc: "UNAVAILABLE", exit: 76, retry: "backoff" },
  SealedValueOlder: { http: 409, grpc: "FAILED_PRECONDITION", exit: 65, retry: "never" },
  SealedValueRefused: { http: 400, grpc: "INVALID_ARGUMENT", exit: 65, retry: "never" },
  StaleEpoch: { http: 409, grpc: "ABORTED", exit: 75, retry: "never" },
  StoreTampered: { http: 503, grpc: "DATA_LOSS", exit: 74, retry: "never" },
  StoreUnavailable: { http: 503, grpc: "UNAVAILABLE", exit: 75, retry: "backoff" },
  SwapActive: { http: 503, grpc: "FAILED_PRECONDITION", exit: 78, retry: "never" },
  TargetExpired: { http: 403, grpc: "UNAUTHENTICATED", exit: 77, retry: "backoff" },
  TargetInvalid: { http: 403, grpc: "UNAUTHENTICATED", exit: 77, retry: "never" },
  TeeFailed: { http: 503, grpc: "UNAVAILABLE", exit: 75, retry: "backoff" },
  TeeUnavailable: { http: 503, grpc: "UNAVAILABLE", exit: 75, retry: "backoff" },
  TokenInvalid: { http: 401, grpc: "UNAUTHENTICATED", exit: 77, retry: "never" },
  TokenMissing: { http: 401, grpc: "FAILED_PRECONDITION", exit: 78, retry: "never" },
  TooManyRequests: { http: 429, grpc: "RESOURCE_EXHAUSTED", exit: 75, retry: "backoff" },
  TpmFailed: { http: 503, grpc: "UNAVAILABLE", exit: 75, retry: "backoff" },
  TpmUnavailable: { http: 503, grpc: "UNAVAILABLE", exit: 75, retry: "backoff" },
  VaultUnavailable: { http: 503, grpc: "UNAVAILABLE", exit: 75, retry: "backoff" },
  VolumeFull: { http: 507, grpc: "RESOURCE_EXHAUSTED", exit: 73, retry: "never" },
} as const satisfies Record<string, ErrorTraits>;

/** The closed set of error codes. */
export type ErrorCode = keyof typeof errorTable;

/**
 * The error of this project: a closed code and a message that is safe to show to the caller.
 *
 * `cause` is for our own log only and never reaches a wire. Messages are lower case, have no full stop, and hold
 * neither values nor paths of key files.
 */
export class StrongroomError extends Error {
  override readonly name = "StrongroomError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Whether `error` is ours, and of `code` where one is given. */
export function isStrongroomError(error: unknown, code?: ErrorCode): error is StrongroomError {
  return error instanceof StrongroomError && (code === undefined || error.code === code);
}

/** Whether text that came over a wire is a code of ours. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorTable, text);
}

/** Whether trying again may help: decided by the code alone, and unknown errors are not retried. */
export function isRetryable(error: unknown): boolean {
  return isStrongroomError(error) && errorTable[error.code].retry === "backoff";
}

/** Marks a branch that the types rule out; reaching it is a defect. */
export function assertNever(value: never): never {
  throw new StrongroomError("Internal", `unexpected variant ${String(value)}`);
}
