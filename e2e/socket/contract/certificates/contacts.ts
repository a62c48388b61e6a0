// SPDX-License-Identifier: Apache-2.0
/** Contacts of a vault. */

import { expect } from "@jest/globals";
import { type MethodContract, refusalOf } from "../contract.ts";
import { forbidden, nobody, officer } from "./clients.ts";

/** Their contract. */
export const contacts: Readonly<Record<string, MethodContract>> = {
  setContacts: {
    success: {
      name: "sets the contacts of the vault",
      run: async () => {
        const contacts = [{ email: "a@b.example", name: "A", phone: "1" }];
        expect(await officer().setContacts(contacts)).toEqual(contacts);
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => nobody().setContacts([{ email: "a@b.example" }]))).toBe(
          forbidden,
        );
      },
    },
  },
  getContacts: {
    success: {
      name: "answers them",
      run: async () => {
        await officer().setContacts([{ email: "c@d.example" }]);
        expect(await officer().getContacts()).toEqual([{ email: "c@d.example" }]);
      },
    },
    refusal: {
      name: "is refused without a role",
      run: async () => {
        expect(await refusalOf(() => nobody().getContacts())).toBe(forbidden);
      },
    },
  },
  deleteContacts: {
    success: {
      name: "takes them away",
      run: async () => {
        await officer().setContacts([{ email: "c@d.example" }]);
        await officer().deleteContacts();
        expect(await refusalOf(() => officer().getContacts())).toBe("404 NotFound");
      },
    },
    refusal: {
      name: "is refused where there are none, and no role",
      run: async () => {
        expect(await refusalOf(() => officer().deleteContacts())).toBe("404 NotFound");
        expect(await refusalOf(() => nobody().deleteContacts())).toBe(forbidden);
      },
    },
  },
};
