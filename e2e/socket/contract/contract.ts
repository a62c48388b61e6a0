// SPDX-License-Identifier: Apache-2.0
/** A contract suite: every method that a vendor's client has, found by reflection, with a success and a refusal. */

import { describe, expect, it } from "@jest/globals";

/** One test of one method. */
export interface ContractTest {
  /** A sentence that goes on after the method's name. */
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** What is shown of one method. */
export interface MethodContract {
  readonly success: ContractTest;
  readonly refusal: ContractTest;
}

/** A client's class with all its methods. */
export interface Contract {
  readonly client: { readonly name: string; readonly prototype: object };
  readonly methods: Readonly<Record<string, MethodContract>>;
  /** Methods on the prototype that the client's types keep private. */
  readonly internal?: readonly string[];
}

/** Names of the methods that were called on watched clients, as `CLASS.METHOD`. */
const called = new Set<string>();

/** Methods on the prototype of a class, without its constructor and accessors. */
export function methodsOf({ prototype }: Contract["client"]): readonly string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([name, { value }]) => name !== "constructor" && typeof value === "function")
    .map(([name]) => name)
    .sort();
}

/** Remembers which methods are called on the client; it behaves as it does without. */
export function watch<Client extends object>(client: Client): Client {
  return new Proxy(client, {
    get: (target, property) => {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function") {
        return member;
      }
      called.add(`${target.constructor.name}.${String(property)}`);
      return member.bind(target);
    },
  });
}

/** Registers the tests of a contract; a method that is not listed fails the suite, and so does a test that does not call its method. */
export function describeContract({ client, methods, internal = [] }: Contract): void {
  describe(`${client.name}, unmodified`, () => {
    it("has no method that is not tested here", () => {
      expect([...Object.keys(methods), ...internal].sort()).toEqual(methodsOf(client));
    });
    describe.each(Object.entries(methods))("%s", (method, { success, refusal }) => {
      it.each([success, refusal])("$name", async ({ run }) => {
        called.clear();
        await run();
        expect([...called]).toContain(`${client.name}.${method}`);
      });
    });
  });
}

/** What a client says of a refusal: `STATUS CODE`. */
export async function refusalOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
  } catch (error) {
    const { statusCode, code } = error as { readonly statusCode?: number; readonly code?: string };
    if (statusCode === undefined) {
      throw error;
    }
    return `${statusCode} ${code}`;
  }
  return "nothing was refused";
}

/** Everything that an iterator yields. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) {
    found.push(item);
  }
  return found;
}
