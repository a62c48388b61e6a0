// SPDX-License-Identifier: Apache-2.0
/**
 * The folder that the vault and this host share: the socket, and the secret that shows that a client may read it.
 *
 * Both run under users of their own with one group in common, the one of the pod's memory volume. kubelet mounts that
 * volume with the group and the setgid bit, so the folder is to be made inside it.
 */

import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { toHex, writeDurably } from "@strongroom/core";

const setgid = 0o2000;
const secretBytes = 32;

/** Paths of the shared folder. */
export interface SocketFolder {
  readonly root: string;
  readonly socket: string;
  /** Where the socket is bound before anyone may connect. */
  readonly newSocket: string;
  readonly secret: string;
}

/** The layout below `root`. */
export function socketFolder(root: string): SocketFolder {
  return {
    root,
    socket: join(root, "hsm.sock"),
    newSocket: join(root, "hsm.sock.new"),
    secret: join(root, "secret"),
  };
}

/** Makes the folder 02750 with its parent's group; what an earlier host left is removed. */
export async function prepareSocketFolder(folder: SocketFolder): Promise<void> {
  await mkdir(folder.root, { recursive: true, mode: 0o750 });
  const [own, parent] = await Promise.all([stat(folder.root), stat(dirname(folder.root))]);
  if (own.uid === process.getuid?.()) {
    if ((parent.mode & setgid) !== 0 && own.gid !== parent.gid) {
      await chown(folder.root, own.uid, parent.gid);
    }
    await chmod(folder.root, setgid | 0o750);
  }
  await removeSocketFiles(folder);
}

/** Removes socket and secret: nobody can connect any more. */
export async function removeSocketFiles(folder: SocketFolder): Promise<void> {
  for (const path of [folder.socket, folder.newSocket, folder.secret]) {
    await rm(path, { force: true });
  }
}

/** Makes a new start-up secret, 64 hexadecimal characters, and puts it where the group can read it. */
export async function publishSecret(folder: SocketFolder): Promise<string> {
  const secret = toHex(randomBytes(secretBytes));
  await writeDurably(folder.secret, secret, 0o440);
  return secret;
}

/** Lets the group connect to the socket that was bound at `newSocket`: its mode is right before its name is. */
export async function publishSocket(folder: SocketFolder): Promise<void> {
  await chmod(folder.newSocket, 0o660);
  await rename(folder.newSocket, folder.socket);
}
