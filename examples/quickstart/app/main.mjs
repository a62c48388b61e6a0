// SPDX-License-Identifier: Apache-2.0
/** Sample application: says that it has the password, and when it changes, without saying the password. */

import { createHmac } from "node:crypto";
import { watch } from "node:fs";
import { readFile } from "node:fs/promises";

const directory = "/var/run/strongroom";
const name = "db-password";
const podUid = process.env.POD_UID;

if (podUid === undefined || podUid === "") {
  console.error("POD_UID is not set");
  process.exit(1);
}

// The first process of a container has no default action for SIGTERM: without this it would run on until it is killed.
process.on("SIGTERM", () => process.exit(0));

let last = "";

/** Prints length and fingerprint of the file, if they are not what was printed last. */
async function report() {
  const line = await describe();
  if (line !== last) {
    last = line;
    console.log(line);
  }
}

/**
 * Length and fingerprint. The pod's uid is no secret: it makes fingerprints of different pods incomparable, and the
 * generated value is too long to be guessed from one. Do not do this with a password that a person chose.
 */
async function describe() {
  try {
    const value = await readFile(`${directory}/${name}`);
    const fingerprint = createHmac("sha256", podUid).update(value).digest("hex");
    return `${name}: ${value.length} bytes, HMAC-SHA-256 ${fingerprint}`;
  } catch (error) {
    return `${name}: cannot be read (${error.code})`;
  }
}

// The files change all at once, by a link in the directory that is replaced. Watch first, so that none is missed.
watch(directory, report);
await report();
