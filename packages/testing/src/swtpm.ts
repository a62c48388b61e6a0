// SPDX-License-Identifier: Apache-2.0
/** Starts a software TPM with an endorsement certificate of a CA of its own. */

import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import type { KeyObject } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

/** A running software TPM. */
export interface Swtpm extends AsyncDisposable {
  /** Unix socket that speaks raw TPM commands, to one client at a time. */
  readonly socketPath: string;
  /** The CA's certificates in PEM: the root, and the one that signed the endorsement certificate. */
  readonly rootCertificate: string;
  readonly issuerCertificate: string;
  /** Certifies another endorsement key, RSA, P-256 or P-384, under the same CA; DER. */
  certify(key: KeyObject): Promise<Uint8Array>;
  /** Kills the TPM without warning; its persistent state stays. */
  kill(): Promise<void>;
  /** Starts it again from its persistent state, as after a power cut. */
  start(): Promise<void>;
}

/** Whether this machine has swtpm and its setup tools. */
export function hasSwtpm(): boolean {
  return ["swtpm", "swtpm_setup", "swtpm_localca"].every(
    (program) => spawnSync("which", [program]).status === 0,
  );
}

/** Makes a TPM in a folder of its own under the system's temporary folder, and starts it. */
export async function startSwtpm(): Promise<Swtpm> {
  // Socket paths have at most 108 bytes, so the folder's name is short.
  const folder = await mkdtemp(join(tmpdir(), "swtpm-"));
  await manufacture(folder);
  const socketPath = join(folder, "tpm.sock");
  let child: ChildProcess | undefined;
  const kill = async () => {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
  };
  const start = async () => {
    await kill();
    child = await run(folder, socketPath);
  };
  await start();
  return {
    socketPath,
    rootCertificate: await readFile(join(folder, "ca/swtpm-localca-rootca-cert.pem"), "utf8"),
    issuerCertificate: await readFile(join(folder, "ca/issuercert.pem"), "utf8"),
    certify: (key) => certify(folder, key),
    kill,
    start,
    [Symbol.asyncDispose]: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

// The distribution's own configuration keeps one CA for the machine, which not every user may write.
async function manufacture(folder: string): Promise<void> {
  const ca = join(folder, "ca");
  const state = join(folder, "state");
  await mkdir(ca);
  await mkdir(state);
  const program = spawnSync("which", ["swtpm_localca"], { encoding: "utf8" }).stdout.trim();
  await writeFile(
    join(folder, "setup.conf"),
    [
      `create_certs_tool=${program}`,
      `create_certs_tool_config=${folder}/ca.conf`,
      `create_certs_tool_options=${folder}/ca.options`,
      "active_pcr_banks = sha256\n",
    ].join("\n"),
  );
  await writeFile(
    join(folder, "ca.conf"),
    [
      `statedir = ${ca}`,
      `signingkey = ${ca}/signkey.pem`,
      `issuercert = ${ca}/issuercert.pem`,
      `certserial = ${ca}/certserial\n`,
    ].join("\n"),
  );
  await writeFile(
    join(folder, "ca.options"),
    "--platform-manufacturer Test\n--platform-version 1\n--platform-model test\n",
  );
  await promisify(execFile)("swtpm_setup", [
    ...["--tpm2", "--config", join(folder, "setup.conf"), "--tpmstate", `dir://${state}`],
    ...["--create-ek-cert", "--lock-nvram", "--overwrite"],
  ]);
}

const curveIds: Readonly<Record<string, string>> = {
  ...{ "P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1" },
};

async function certify(folder: string, key: KeyObject): Promise<Uint8Array> {
  const { kty, n, crv, x, y } = key.export({ format: "jwk" });
  const hex = (value: string | undefined) => Buffer.from(value ?? "", "base64url").toString("hex");
  const ek = kty === "RSA" ? hex(n) : `x=${hex(x)},y=${hex(y)},id=${curveIds[crv ?? ""]}`;
  const made = await mkdtemp(join(folder, "certificate-"));
  await promisify(execFile)("swtpm_localca", [
    ...["--type", "ek", "--ek", ek, "--dir", made, "--vmid", "test", "--tpm2"],
    ...["--configfile", join(folder, "ca.conf"), "--optsfile", join(folder, "ca.options")],
    ...["--tpm-spec-family", "2.0", "--tpm-spec-revision", "159", "--tpm-spec-level", "0"],
    ...["--tpm-manufacturer", "id:00001014", "--tpm-model", "swtpm"],
    ...["--tpm-version", "id:20191023"],
  ]);
  return new Uint8Array(await readFile(join(made, "ek.cert")));
}

async function run(folder: string, socketPath: string): Promise<ChildProcess> {
  const controlPath = `${socketPath}.ctrl`;
  await rm(socketPath, { force: true });
  await rm(controlPath, { force: true });
  const child = spawn(
    "swtpm",
    [
      ...["socket", "--tpm2", "--tpmstate", `dir=${join(folder, "state")}`],
      ...["--server", `type=unixio,path=${socketPath}`],
      ...["--ctrl", `type=unixio,path=${controlPath}`],
      ...["--flags", "not-need-init,startup-clear"],
    ],
    { stdio: "ignore" },
  );
  for (let waited = 0; !(await isListening(socketPath)); waited += 20) {
    if (waited >= 5000) {
      child.kill("SIGKILL");
      throw new Error("swtpm did not start");
    }
    await delay(20);
  }
  return child;
}

/** The socket is there before it is listened on. */
async function isListening(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
