// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { createRimVendor } from "@strongroom/testing";
import { parseXml } from "./parse-xml.ts";
import { openSignedXml } from "./xml-signature.ts";

const vendor = createRimVendor();
const signature = /<ds:Signature .*<\/ds:Signature>/su;
const open = (written: (text: string) => string) =>
  openSignedXml(parseXml(vendor.rim({ written })));
const same = (text: string) => text;

describe("the signature of a document", () => {
  it("is over all of it but itself, and is not in what is read", () => {
    const { content, signature: read } = open(same);
    const names = content.children.flatMap((one) => (typeof one === "string" ? [] : [one.local]));
    expect(names).toEqual(["Entity", "Meta", "Payload"]);
    const document = Buffer.from(read.document).toString();
    expect(document).toBe(Buffer.from(vendor.rim()).toString().replace(signature, "").trim());
    expect(new Uint8Array(createHash("sha384").update(document).digest())).toEqual(read.digest);
    expect(read.certificates).toHaveLength(3);
    expect(read.certificates.at(-1)).toEqual(vendor.root);
  });

  it.each([
    ["twice in the root", (text: string) => text.replace(signature, "$&$&")],
    [
      "in the root and elsewhere",
      (text: string) => {
        const [one = ""] = signature.exec(text) ?? [];
        return text.replace("<ns0:Payload>", `$&${one}`);
      },
    ],
    ["in none", (text: string) => text.replace(signature, "")],
    ["as the root itself", (text: string) => signature.exec(text)?.[0] ?? ""],
  ])("is refused where it is %s", (_, written) => {
    expect(() => open(written)).toThrow(expect.objectContaining({ code: "EvidenceMalformed" }));
  });
});
