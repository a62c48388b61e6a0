// SPDX-License-Identifier: Apache-2.0
/**
 * A NitroTPM as far as documents need one: NV memory, larger than a software TPM's, and AWS's command over it. TPM 2.0
 * Part 3, sections 30.2 and 31.
 */

import { ByteReader, tpm2b } from "@strongroom/attestation";
import { concatBytes, fromHex, u32be } from "@strongroom/core";
import type { TpmTransport } from "../../tpm/tpm-transport.ts";
import { nsmRequestCode } from "../create-nitro-tpm-collector.ts";

/** Answers a request, which stands at the start of the memory; or with the response code of a TPM that refuses. */
export type AnswerRequest = (memory: Uint8Array) => Uint8Array | number;

/** The TPM. */
export interface FakeNitroTpm {
  readonly transport: TpmTransport;
  /** Indexes that are there. */
  indexes(): readonly number[];
}

/** What a command is about, behind its handles and its session. */
interface Command {
  readonly index: number;
  readonly parameters: ByteReader;
}

/** TPM_RC_NV_DEFINED; TPM_RC_HANDLE of the second handle. */
const refusal = { defined: 0x14c, handle: 0x28b } as const;

/** Makes one. */
export function createFakeNitroTpm(answer: AnswerRequest): FakeNitroTpm {
  const memory = new Map<number, Uint8Array>();
  const stored = ({ index }: Command) => memory.get(index);
  const commands: Readonly<Record<number, (command: Command) => Uint8Array | number>> = {
    298: ({ parameters }) => {
      parameters.sized16();
      const area = new ByteReader(parameters.sized16());
      const index = area.u32();
      area.bytes(6);
      area.sized16();
      if (memory.has(index)) {
        return refusal.defined;
      }
      memory.set(index, new Uint8Array(area.u16()).fill(0xff));
      return new Uint8Array();
    },
    290: ({ index }) => (memory.delete(index) ? new Uint8Array() : refusal.handle),
    311: (command) => {
      const [content, offset] = [command.parameters.sized16(), command.parameters.u16()];
      stored(command)?.set(content, offset);
      return memory.has(command.index) ? new Uint8Array() : refusal.handle;
    },
    334: (command) => {
      const [size, offset] = [command.parameters.u16(), command.parameters.u16()];
      const content = stored(command)?.subarray(offset, offset + size);
      return content === undefined ? refusal.handle : tpm2b(content);
    },
    [nsmRequestCode]: (command) => {
      const content = stored(command);
      const answered = content === undefined ? refusal.handle : answer(content);
      if (typeof answered === "number") {
        return answered;
      }
      content?.set(answered);
      return new Uint8Array();
    },
  };
  const transact = (bytes: Uint8Array) => {
    const reader = new ByteReader(bytes);
    reader.bytes(6);
    const code = reader.u32();
    return code === 0x17a
      ? listFrom(reader, [...memory.keys()])
      : respond(commands[code]?.(readCommand(reader, code)) ?? 0x143);
  };
  return {
    transport: {
      isResourceManaged: true,
      use: (work) => work({ transact: async (c) => transact(c) }),
    },
    indexes: () => [...memory.keys()],
  };
}

/** NV_DefineSpace has one handle and names its index in a parameter; the others have two. */
function readCommand(reader: ByteReader, code: number): Command {
  const first = reader.u32();
  const index = code === 0x12a ? first : reader.u32();
  reader.bytes(reader.u32());
  return { index, parameters: reader };
}

/** With a session: parameters behind their size, then an empty session. */
function respond(answered: Uint8Array | number): Uint8Array {
  if (typeof answered === "number") {
    return concatBytes(fromHex("80010000000a"), u32be(answered));
  }
  const body = concatBytes(u32be(answered.length), answered, fromHex("0000010000"));
  return concatBytes(fromHex("8002"), u32be(10 + body.length), u32be(0), body);
}

/** TPM_CAP_HANDLES. */
function listFrom(reader: ByteReader, indexes: readonly number[]): Uint8Array {
  reader.bytes(4);
  const first = reader.u32();
  const handles = indexes.filter((index) => index >= first).map(u32be);
  const body = concatBytes(fromHex("0000000001"), u32be(handles.length), ...handles);
  return concatBytes(fromHex("8001"), u32be(10 + body.length), u32be(0), body);
}
