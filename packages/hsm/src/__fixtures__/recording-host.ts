// SPDX-License-Identifier: Apache-2.0
/**
 * The host over a module that records its calls and can be made to fail: `recording-host.ts COMMAND SETTINGS FOLDER`.
 *
 * The settings are JSON; variables of the token are set by who starts it.
 *
 * Each call's name is a line of FOLDER/calls. A file FOLDER/fault-NAME switches a fault on while it is there.
 */

import { appendFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pkcs11js, { type Template } from "pkcs11js";
import type { Environment } from "../host/config.ts";
import { runHost } from "../host/run.ts";
import { createSpawnCeremony } from "../host/spawn-ceremony.ts";
import { findSlot, loadModule, type Pkcs11, tokenLabel } from "../token/pkcs11.ts";

const [command = "", settings = "{}", folder = ""] = process.argv.slice(2);
const isOn = (fault: string): boolean => existsSync(join(folder, `fault-${fault}`));

/** Faults by the call that they change; each gets the call itself. */
const faults: { readonly [name: string]: (call: Call, args: readonly never[]) => unknown } = {
  C_GetSlotList: (call, args) => (isOn("token-away") ? [] : call(...args)),
  C_GetMechanismList: (call, args) => {
    const list = call(...args) as number[];
    const hidden = isOn("no-gcm") ? [pkcs11js.CKM_AES_GCM] : isOn("no-key-wrap") ? [0x210a] : [];
    return list.filter((mechanism) => !hidden.includes(mechanism));
  },
  C_WrapKey: (call, args) => {
    const wrapped = call(...args) as Buffer;
    if (isOn("other-key-wrap")) {
      wrapped[0] = (wrapped[0] ?? 0) ^ 1;
    }
    return wrapped;
  },
  C_SignInit: (call, args) => {
    if (isOn("stuck")) {
      rmSync(join(folder, "fault-stuck"));
      call(...args);
    }
    return call(...args);
  },
  C_UnwrapKey: (call, args) => {
    const template = args[4] as unknown as Template;
    const readable = template.some(
      ({ type, value }) => type === pkcs11js.CKA_SENSITIVE && value === false,
    );
    const isPrivateKey = template.some(({ value }) => value === pkcs11js.CKO_PRIVATE_KEY);
    if (isOn("unwrap-template") && readable && isPrivateKey) {
      const code = pkcs11js.CKR_TEMPLATE_INCONSISTENT;
      throw new pkcs11js.Pkcs11Error(`CKR_TEMPLATE_INCONSISTENT:${code}`, code, "C_UnwrapKey");
    }
    return call(...args);
  },
};

type Call = (...args: readonly never[]) => unknown;

function record(module: Pkcs11): Pkcs11 {
  return new Proxy(module, {
    get: (target, name: keyof Pkcs11) => {
      const call: Call = (...args) => (target[name] as Call).call(target, ...args);
      return (...args: readonly never[]) => {
        appendFileSync(join(folder, "calls"), `${name}\n`);
        loseSession(target);
        return (faults[name] ?? ((inner) => inner(...args)))(call, args);
      };
    },
  });
}

// As a token does that was pulled out and put back: every session and login of the process is gone.
function loseSession(module: Pkcs11): void {
  if (isOn("session-lost")) {
    rmSync(join(folder, "fault-session-lost"));
    const slot = findSlot(module, tokenLabel);
    if (slot !== undefined) {
      module.C_CloseAllSessions(slot);
    }
  }
}

const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
process.exitCode = await runHost({
  command,
  environment: JSON.parse(settings) as Environment,
  setTokenEnvironment: () => undefined,
  signal: stop.signal,
  load: (path) => record(loadModule(path)),
  spawnCeremony: createSpawnCeremony(fileURLToPath(new URL("../host/main.ts", import.meta.url))),
  input: async () => "",
  output: () => undefined,
});
