// SPDX-License-Identifier: Apache-2.0
/** Drafts to be edited and signed: of a first charter, of the next one, of an order. */

import { randomUUID } from "node:crypto";
import { contentOf, type Order } from "@strongroom/api";
import { type SignerKey, systemClock } from "@strongroom/core";
import { CommandError } from "../terminal.ts";
import { readSigner } from "./signer-files.ts";
import { readCharterFile } from "./statement-file.ts";

/** Options of `init`. */
export interface InitOptions {
  readonly vault?: string;
  readonly after?: string;
  readonly signer: readonly string[];
  readonly threshold?: string;
  readonly issuer?: string;
  readonly root: readonly string[];
  readonly days: string;
}

/** Options of `order`. */
export interface OrderOptions {
  readonly vault: string;
  readonly action: string;
  readonly object: string;
  readonly policy?: string;
  readonly hours: string;
}

/** A draft's content; `sign` refuses what is not right in it. */
export async function makeCharterDraft(options: InitOptions): Promise<object> {
  const keys = await readSigners(options.signer);
  const expires = inSeconds("--days", options.days, 86_400);
  if (options.after !== undefined) {
    const known = contentOf(await readCharterFile(options.after)) as unknown as {
      readonly serial: number;
      readonly signers: { readonly threshold: number; readonly keys: readonly SignerKey[] };
    };
    const signers = {
      threshold: toNumber("--threshold", options.threshold ?? String(known.signers.threshold)),
      keys: keys.length > 0 ? keys : known.signers.keys,
    };
    return { ...known, serial: known.serial + 1, expires, signers };
  }
  const { vault, issuer, root } = options;
  if (vault === undefined || issuer === undefined || root.length === 0 || keys.length === 0) {
    throw new CommandError(
      "BadParameter",
      "a first charter needs --vault, --issuer, --root and --signer",
      "or --after with the charter that it follows",
    );
  }
  return {
    version: 1,
    vault,
    serial: 1,
    expires,
    onExpiry: "hold",
    signers: { threshold: toNumber("--threshold", options.threshold ?? String(keys.length)), keys },
    authorities: [{ name: "machines", issuer, roots: root, classes: ["hardware"] }],
    policies: [],
  };
}

/** An order with an id of its own. */
export function makeOrderDraft(options: OrderOptions): object {
  const { vault, action, object, policy } = options;
  return {
    ...{ version: 1, vault, id: randomUUID(), action, object },
    ...(policy === undefined ? {} : { policy }),
    expires: inSeconds("--hours", options.hours, 3_600),
  } satisfies Record<keyof Omit<Order, "policy">, unknown>;
}

async function readSigners(files: readonly string[]): Promise<readonly SignerKey[]> {
  const keys: SignerKey[] = [];
  for (const file of files) {
    keys.push(await readSigner(file));
  }
  return keys;
}

function inSeconds(option: string, text: string, unit: number): number {
  return Math.floor(systemClock.now().getTime() / 1_000) + toNumber(option, text) * unit;
}

function toNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) {
    throw new CommandError("BadParameter", `${option} is a whole number above zero`);
  }
  return Number(text);
}
