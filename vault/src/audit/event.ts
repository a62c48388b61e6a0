// SPDX-License-Identifier: Apache-2.0
/** Audit events of this vault: one for each decision, in Key Vault's AuditEvent shape. */

import { type AuditEvent, type JsonValue, keysInOrder, StrongroomError } from "@strongroom/core";
import type { Caller } from "../identity/caller.ts";

/** What is known of a request before anything is decided. */
export interface RequestContext {
  readonly at: Date;
  readonly caller: Caller;
  readonly correlationId: string;
  readonly callerIpAddress: string;
  /** Path and query names; never a body. */
  readonly requestUri: string;
  /** What is known of the client's side; absent where the vault asks itself. */
  readonly client?: ClientContext;
}

/** A client as a request shows it. */
export interface ClientContext {
  /** `User-Agent`, printable and shortened. */
  readonly info: string;
  readonly tlsVersion: string;
  readonly apiVersion: string | undefined;
  /** Whole milliseconds since the request was placed. */
  readonly elapsedMs: () => number;
}

/** What came of it. */
export interface Outcome {
  readonly operationName: string;
  readonly httpStatusCode: number;
  /** Inner code of a refusal; empty for a success. */
  readonly resultSignature?: string;
  readonly properties?: { readonly [name: string]: JsonValue };
}

/** The event of one request. Its members are in the order of canonical JSON, which therefore costs little. */
export function requestEvent(context: RequestContext, outcome: Outcome): AuditEvent {
  const { client } = context;
  return {
    callerIpAddress: context.callerIpAddress,
    category: "AuditEvent",
    correlationId: context.correlationId,
    durationMs: client?.elapsedMs(),
    httpStatusCode: outcome.httpStatusCode,
    identity: identityOf(context.caller),
    operationName: outcome.operationName,
    operationVersion: client?.apiVersion,
    properties: inOrder({
      clientInfo: client?.info,
      requestUri: context.requestUri,
      tlsVersion: client?.tlsVersion,
      ...outcome.properties,
    }),
    resultSignature: outcome.resultSignature ?? "",
    resultType: outcome.httpStatusCode < 400 ? "Success" : "Failure",
    time: context.at.toISOString(),
  };
}

function inOrder(properties: {
  readonly [name: string]: JsonValue | undefined;
}): AuditEvent["properties"] {
  const ordered: Record<string, JsonValue> = {};
  for (const name of keysInOrder(properties)) {
    const value = properties[name];
    if (value !== undefined) {
      ordered[name] = value;
    }
  }
  return ordered;
}

/** The event of something that the vault did by itself. */
export function systemEvent(
  operationName: string,
  at: Date,
  properties: { readonly [name: string]: JsonValue } = {},
): AuditEvent {
  return {
    time: at.toISOString(),
    category: "AuditEvent",
    operationName,
    resultType: "Success",
    resultSignature: "",
    httpStatusCode: 200,
    correlationId: "",
    callerIpAddress: "",
    identity: { issuer: "strongroom", subject: "vault" },
    properties,
  };
}

/** Makes a refusal both an audit event and the error that the caller sees. */
export class Refusal extends StrongroomError {
  /** For the audit log alone: which claim, which policy. */
  readonly details: { readonly [name: string]: JsonValue };
  /** Key Vault's code for it, where that is another than the one of its HTTP status. */
  readonly keyVaultCode: string | undefined;

  constructor(
    code: ConstructorParameters<typeof StrongroomError>[0],
    message: string,
    details: { readonly [name: string]: JsonValue } = {},
    keyVaultCode?: string,
  ) {
    super(code, message);
    this.details = details;
    this.keyVaultCode = keyVaultCode;
  }
}

function identityOf(caller: Caller): Readonly<Record<string, string>> {
  const { principal, bound } = caller;
  const { issuer, subject, accountUid } = principal;
  if (bound === undefined && typeof accountUid !== "string") {
    return { issuer, subject };
  }
  return {
    ...(typeof accountUid === "string" && { accountUid }),
    issuer,
    ...bound,
    subject,
  };
}
