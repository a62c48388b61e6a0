// SPDX-License-Identifier: Apache-2.0
/**
 * Completes package-lock.json: `node scripts/lockfile.ts`, after every `npm install` that changed it.
 *
 * Native tools are published as one optional package for each platform. A registry mirror may hold only
 * Linux's; `npm install` then leaves the others out of the lockfile, and `npm ci` refuses such a lockfile. This adds
 * them by name, version and platform, without a digest: they are never installed on the platforms that we run on.
 */
import { readFileSync, writeFileSync } from "node:fs";

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

interface Lockfile {
  packages: Record<string, LockedPackage>;
  readonly [field: string]: unknown;
}

const systems = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const processors = [
  "arm64",
  "arm",
  "ia32",
  "loong64",
  "mips64el",
  "ppc64",
  "riscv64",
  "s390x",
  "x64",
];

/** The package's platform, as its name tells it: `@biomejs/cli-linux-x64-musl`. */
function platformOf(name: string) {
  const words = name.split(/[/-]/);
  const cpu = processors.filter((processor) => words.includes(processor));
  return {
    os: systems.filter((system) => words.includes(system)),
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(words.includes("musl") ? { libc: ["musl"] } : {}),
  };
}

/** The optional packages that a locked package names and the lockfile lacks. */
function missingFrom(lock: Lockfile): ReadonlyMap<string, LockedPackage> {
  const missing = new Map<string, LockedPackage>();
  for (const { optionalDependencies } of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
      const platform = platformOf(name);
      const path = `node_modules/${name}`;
      if (path in lock.packages || platform.os.length === 0 || !/^\d/.test(version)) continue;
      missing.set(path, { version, optional: true, ...platform });
    }
  }
  return missing;
}

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8")) as Lockfile;
const missing = missingFrom(lock);
const packages = Object.entries(lock.packages).concat([...missing]);
lock.packages = Object.fromEntries(packages.sort(([a], [b]) => a.localeCompare(b, "en")));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${missing.size} packages for other platforms added`);
