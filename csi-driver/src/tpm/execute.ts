// SPDX-License-Identifier: Apache-2.0
/** Builds a TPM command, sends it and takes the response apart. TPM 2.0 Part 1, sections 18 and 19. */

import { setTimeout as delay } from "node:timers/promises";
import { ByteReader, malformed, u16be } from "@strongroom/attestation";
import { concatBytes, StrongroomError, u32be } from "@strongroom/core";
import { header, messageBytes, type TpmChannel } from "./tpm-transport.ts";

/** TPM_RS_PW: authorisation by a password, which is empty here. */
export const passwordSession = 0x40000009;

const tag = { plain: 0x8001, sessions: 0x8002 } as const;

/** TPM_RC_YIELDED, TPM_RC_TESTING, TPM_RC_RETRY: the TPM is busy and asks to be asked again. */
const busyCodes: readonly number[] = [0x908, 0x90a, 0x922];

/** Waits between attempts, in milliseconds. */
const busyWaits: readonly number[] = [20, 50, 100, 200, 500, 1000];

/** One command: code, handles, a session for each handle that needs authorisation, parameters. */
export interface TpmCommand {
  readonly code: number;
  readonly handles?: readonly number[];
  readonly sessions?: readonly number[];
  readonly parameters?: Uint8Array;
}

/** A successful response: the new handle where the command makes one, and its parameters. */
export interface TpmResponse {
  readonly handle: number;
  readonly parameters: ByteReader;
}

/** Runs a command that makes no handle. @throws {StrongroomError} `TpmFailed`, with the response code. */
export async function execute(channel: TpmChannel, command: TpmCommand): Promise<ByteReader> {
  const reader = await send(channel, command);
  return parameters(reader, command);
}

/** Runs a command that makes a handle. @throws {StrongroomError} `TpmFailed`, with the response code. */
export async function executeForHandle(
  channel: TpmChannel,
  command: TpmCommand,
): Promise<TpmResponse> {
  const reader = await send(channel, command);
  const handle = reader.u32();
  return { handle, parameters: parameters(reader, command) };
}

async function send(channel: TpmChannel, command: TpmCommand): Promise<ByteReader> {
  const bytes = encode(command);
  for (const wait of busyWaits) {
    const response = parse(await channel.transact(bytes));
    if (!busyCodes.includes(response.code)) {
      return succeeded(response, command);
    }
    await delay(wait);
  }
  return succeeded(parse(await channel.transact(bytes)), command);
}

function encode(command: TpmCommand): Uint8Array {
  const { code, handles = [], sessions = [], parameters: given = new Uint8Array() } = command;
  // Each session: handle, no nonce, no attributes, no HMAC; continueSession stays clear.
  const area = concatBytes(...sessions.map((handle) => concatBytes(u32be(handle), emptyProof)));
  const body = concatBytes(
    ...handles.map(u32be),
    ...(sessions.length === 0 ? [] : [u32be(area.length), area]),
    given,
  );
  const size = header.whole + body.length;
  if (size > messageBytes) {
    throw new StrongroomError("BadParameter", "too long for a TPM command");
  }
  const start = sessions.length === 0 ? tag.plain : tag.sessions;
  return concatBytes(u16be(start), u32be(size), u32be(code), body);
}

const emptyProof = new Uint8Array(5);

interface RawResponse {
  readonly code: number;
  readonly body: ByteReader;
}

function parse(bytes: Uint8Array): RawResponse {
  const body = new ByteReader(bytes);
  body.u16();
  if (body.u32() !== bytes.length) {
    throw malformed("the response has another size than it says");
  }
  return { code: body.u32(), body };
}

function succeeded({ code, body }: RawResponse, command: TpmCommand): ByteReader {
  if (code === 0) {
    return body;
  }
  const [asked, answered] = [command.code, code].map((n) => `0x${n.toString(16)}`);
  throw new StrongroomError("TpmFailed", `the TPM answered ${answered} to command ${asked}`);
}

function parameters(reader: ByteReader, command: TpmCommand): ByteReader {
  return (command.sessions ?? []).length === 0
    ? reader
    : new ByteReader(reader.bytes(reader.u32()));
}
