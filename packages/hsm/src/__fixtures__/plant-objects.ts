// SPDX-License-Identifier: Apache-2.0
/**
 * Puts two objects with known values on a token, as the user: `plant-objects.ts COMMAND SETTINGS PUBLIC_HEX PRIVATE_HEX`.
 *
 * What a search of the token's files finds of them shows that the search can find what lies there in clear.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromHex } from "@strongroom/core";
import pkcs11js from "pkcs11js";
import { type Environment, parseConfig } from "../host/config.ts";
import { toTemplate } from "../token/attributes.ts";
import { findSlot, loadModule, tokenLabel } from "../token/pkcs11.ts";

const [, settings = "{}", publicHex = "", privateHex = ""] = process.argv.slice(2);
const config = parseConfig(JSON.parse(settings) as Environment);

const module = loadModule(config.module);
const slot = findSlot(module, tokenLabel);
if (slot === undefined) {
  throw new Error("no token");
}
const session = module.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION);
module.C_Login(session, pkcs11js.CKU_USER, readFileSync(join(config.data, "pin"), "utf8"));
for (const [value, isPrivate] of [
  [publicHex, false],
  [privateHex, true],
] as const) {
  const template = toTemplate({
    CKA_CLASS: "CKO_SECRET_KEY",
    CKA_KEY_TYPE: "CKK_GENERIC_SECRET",
    CKA_TOKEN: true,
    CKA_PRIVATE: isPrivate,
    CKA_LABEL: isPrivate ? "planted-private" : "planted-public",
    CKA_VALUE: fromHex(value),
  });
  module.C_CreateObject(session, template);
}
module.C_Finalize();
