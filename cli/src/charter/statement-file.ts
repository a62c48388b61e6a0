// SPDX-License-Identifier: Apache-2.0
/** Files of charters and orders: a draft, which is the content alone, or the statement with its signatures. */

import {
  charterSchema,
  charterType,
  contentOf,
  orderSchema,
  orderType,
  type Statement,
  statementSchema,
} from "@strongroom/api";
import {
  canonicalJson,
  fromUtf8,
  isStrongroomError,
  type JsonValue,
  parseJson,
  toBase64url,
} from "@strongroom/core";
import { readBoundedFile } from "../read-bounded-file.ts";
import { CommandError } from "../terminal.ts";

/** A statement and what it says that it is. */
export interface ReadStatement {
  readonly statement: Statement;
  readonly typ: typeof charterType | typeof orderType;
}

/** Reads a file, a draft as a statement that nobody has signed. @throws {CommandError} `BadParameter` if it is of no use. */
export async function readStatementFile(path: string): Promise<ReadStatement> {
  const json = await readJson(path);
  const signed = statementSchema.safeParse(json);
  try {
    const statement = signed.success ? signed.data : toStatement(json as JsonValue);
    return { statement, typ: typeOf(contentOf(statement), path) };
  } catch (error) {
    throw isStrongroomError(error, "BadParameter")
      ? error
      : new CommandError("BadParameter", `${path} is neither a charter nor an order`);
  }
}

/** Reads a charter, signed or not. @throws {CommandError} `BadParameter` if it is none. */
export async function readCharterFile(path: string): Promise<Statement> {
  const { statement, typ } = await readStatementFile(path);
  if (typ !== charterType) {
    throw new CommandError("BadParameter", `${path} is no charter`);
  }
  return statement;
}

async function readJson(path: string): Promise<unknown> {
  const bytes = await readBoundedFile(path);
  try {
    return parseJson(fromUtf8(bytes));
  } catch {
    throw new CommandError("BadParameter", `${path} is not JSON`);
  }
}

function toStatement(content: JsonValue): Statement {
  return { payload: toBase64url(canonicalJson(content)), signatures: [] };
}

// By what is in it, so that a mistake in it is named: nobody signs what no vault would take.
function typeOf(content: JsonValue, path: string): ReadStatement["typ"] {
  const isOrder = typeof content === "object" && content !== null && "action" in content;
  const parsed = (isOrder ? orderSchema : charterSchema).safeParse(content);
  const [issue] = parsed.error?.issues ?? [];
  if (issue !== undefined) {
    const place = [isOrder ? "order" : "charter", ...issue.path].join(".");
    throw new CommandError("BadParameter", `${path}: ${place}: ${issue.message}`);
  }
  return isOrder ? orderType : charterType;
}
