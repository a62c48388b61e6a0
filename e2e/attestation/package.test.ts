// SPDX-License-Identifier: Apache-2.0
/** The attestation library as another project has it: packed, installed beside other packages, used as its README says. */

import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  createAmdVendor,
  intelContent,
  intelFingerprint,
  makeAmdReport,
  mintIntelPki,
  mintIntelQuote,
  startVendorServices,
} from "@strongroom/testing";
import { exportJWK, SignJWT } from "jose";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const installed = "node_modules/@strongroom/attestation";
const at = "2026-06-01T00:00:00Z";

let folder: string;
let manifest: { readonly dependencies: Record<string, string>; readonly exports: object };
const path = (...parts: readonly string[]) => join(folder, ...parts);
const node = (...options: readonly string[]) =>
  spawnSync(process.execPath, options, { cwd: folder, encoding: "utf8", env: {} });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "strongroom-package-test-"));
  const script = join(root, "scripts/package-attestation.ts");
  execFileSync(process.execPath, [script, folder], { stdio: "inherit" });
  await mkdir(path(installed), { recursive: true });
  const tarball = path("strongroom-attestation-0.1.0.tgz");
  execFileSync("tar", ["-xzf", tarball, "-C", path(installed), "--strip-components=1"]);
  manifest = JSON.parse(await readFile(path(installed, "package.json"), "utf8"));
  // What a package manager would fetch; the compiler's own needs are the last two.
  await mkdir(path("node_modules/@types"));
  for (const name of [...Object.keys(manifest.dependencies), "@types/node", "undici-types"]) {
    await symlink(join(root, "node_modules", name), path("node_modules", name));
  }
  await writeFile(path("package.json"), JSON.stringify({ type: "module", private: true }));
  const text = await readFile(path(installed, "README.md"), "utf8");
  const examples = [...text.matchAll(/^```ts\n(.*?)^```$/gmsu)].map(([, code = ""]) => code);
  for (const [name, code] of Object.entries({ report: 0, quote: 1, token: 2 })) {
    await writeFile(path(`${name}.ts`), examples[code] ?? "");
  }
}, 120_000);
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Files that a module reaches within the package, and what they import of others. */
async function reach(entry: string) {
  const waiting = [path(installed, entry)];
  const seen = new Set(waiting);
  const outside = new Set<string>();
  for (const file of waiting) {
    const text = await readFile(file, "utf8");
    for (const [, specifier = ""] of text.matchAll(/^(?:import|export) .*from "([^"]+)";$/gmu)) {
      const next = join(dirname(file), specifier);
      if (!specifier.startsWith(".")) {
        outside.add(specifier);
      } else if (!seen.has(next)) {
        seen.add(next);
        waiting.push(next);
      }
    }
  }
  return [...outside].sort();
}

/** What an example's function answers, run by Node alone. */
function run(example: string, call: string): unknown {
  const code = `
    const json = (_, value) => typeof value === "bigint" ? String(value) : value;
    const { ${example} } = { ${example}: await import("./${example}.ts") };
    const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
    console.log(JSON.stringify(await (${call}), json));`;
  const { stdout, stderr, status } = node("--input-type=module", "--eval", code);
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

const literal = (bytes: Uint8Array) => `bytes("${Buffer.from(bytes).toString("base64")}")`;

describe("the packed library", () => {
  it("has types that hold for a strict project, in its README's examples too", async () => {
    const compilerOptions = {
      ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true, types: ["node"] },
      ...{ module: "nodenext", target: "es2023", skipLibCheck: false },
    };
    await writeFile(path("tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    const compiler = join(root, "node_modules/typescript-7/bin/tsc");
    expect(node(compiler, "-p", folder).stdout).toBe("");
  }, 60_000);

  it("imports no file, network, clock or process where it verifies, and brings what it imports", async () => {
    const pure = await reach("lib/attestation/index.js");
    expect(pure).toEqual(["asn1js", "cbor2", "node:buffer", "node:crypto", "pkijs"]);
    const all = await reach("lib/endorsements/index.js");
    expect(all.filter((name) => !name.startsWith("node:"))).toEqual(
      Object.keys(manifest.dependencies),
    );
    expect(Object.keys(manifest.exports)).toEqual([".", "./endorsements"]);
  });

  it("verifies a report, and refuses one for another challenge", async () => {
    const vendor = createAmdVendor("Turin");
    const report = vendor.sign(makeAmdReport(vendor));
    const { ark, ask, asvk } = vendor.fingerprints;
    const trusted = [
      { name: "test", class: "software", product: "Turin", ark, ask: [ask], asvk: [asvk] },
    ];
    const files = [vendor.leaf(), vendor.ask, vendor.ark].map(literal).join();
    const options = `{ roots: ${JSON.stringify(trusted)}, at: new Date("${at}") }`;
    const check = (data: string) =>
      run("report", `report.check(${literal(report)}, [${files}], ${data}, ${options})`);
    expect(check("new Uint8Array(64)")).toMatchObject({ "x-strongroom-class": "software" });
    expect(check("new Uint8Array(64).fill(1)")).toMatchObject({ class: "binding-mismatch" });
  }, 60_000);

  it("verifies a quote by endorsements that it fetches from the service that was named", async () => {
    const pki = mintIntelPki();
    await using services = await startVendorServices({ intel: intelContent(pki) });
    const fingerprint = intelFingerprint(pki.root);
    const roots = JSON.stringify([{ name: "test", class: "software", fingerprint }]);
    const source = JSON.stringify({ url: services.url, ca: services.ca });
    const quote = literal(mintIntelQuote("td15-5", pki));
    await writeFile(path("call.mjs"), quoteCall({ roots, source, quote }));
    const call = async () => {
      const { spawn } = await import("node:child_process");
      const child = spawn(process.execPath, ["call.mjs"], { cwd: folder, env: {} });
      let said = "";
      for await (const piece of child.stdout) {
        said += piece;
      }
      return JSON.parse(said);
    };
    expect(await call()).toMatchObject({ attester_tcb_status: "UpToDate" });
  }, 60_000);

  it("verifies a token by its issuer's keys, and throws at an expectation that is missing", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const jwk = { ...(await exportJWK(publicKey)), kid: "one", use: "sig" };
    const token = await new SignJWT({ "x-ms-runtime": { "client-payload": { nonce: "n" } } })
      .setProtectedHeader({ alg: "RS256", kid: "one" })
      .setIssuer("https://maa.example")
      .setIssuedAt(new Date(at))
      .setExpirationTime(new Date(Date.parse(at) + 60_000))
      .sign(privateKey);
    const keySet = literal(Buffer.from(JSON.stringify({ keys: [jwk] })));
    const check = (nonce: string) =>
      `token.check("${token}", "https://maa.example", ${keySet}, ${nonce}, new Date("${at}"))`;
    expect(run("token", check('"n"'))).toMatchObject({ kind: "verified" });
    expect(run("token", check('"m"'))).toMatchObject({ class: "binding-mismatch" });
    const missing = `(async () => ${check("undefined")})().catch(({ code }) => code)`;
    expect(run("token", missing)).toBe("BadParameter");
  }, 60_000);
});

function quoteCall({ roots, source, quote }: Readonly<Record<string, string>>): string {
  return `
    const example = await import("./quote.ts");
    const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
    const roots = ${roots};
    const at = new Date("${at}");
    const clock = { now: () => at, sleep: async () => undefined };
    const library = await example.open("endorsements", ${source}, { roots, clock });
    const data = new Uint8Array(64).fill(0xd0);
    console.log(JSON.stringify(await example.check(library, ${quote}, data, { roots, at })));`;
}
