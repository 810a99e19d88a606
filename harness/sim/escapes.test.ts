import childProcess, { execFile } from "node:child_process";
import nodeCrypto, { pbkdf2 } from "node:crypto";
import dgram from "node:dgram";
import dns, { lookup } from "node:dns";
import fs, { readFile, readFileSync } from "node:fs";
import fsPromises from "node:fs/promises";
import http, { request } from "node:http";
import https from "node:https";
import net, { connect } from "node:net";
import timersPromises from "node:timers/promises";
import tls from "node:tls";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import zlib from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { activeResources, leakedResources, watchResources } from "./escapes.ts";
import { failureOf, inWorld, openWorld } from "./world.testing.ts";

const THIS_FILE = new URL(import.meta.url);
const ignore = () => {};

const ESCAPES: readonly (readonly [string, () => unknown])[] = [
  ["net.connect", () => net.connect(1)],
  ["net.connect", () => connect(1, "127.0.0.1")],
  ["net.connect", () => new net.Socket().connect(1)],
  ["net.connect", () => tls.connect({ port: 1 })],
  ["net.Server.listen", () => net.createServer().listen(0)],
  ["net.Server.listen", () => http.createServer().listen(0)],
  ["http.request", () => http.request("http://127.0.0.1:1")],
  ["http.request", () => request("http://127.0.0.1:1")],
  ["http.get", () => http.get("http://127.0.0.1:1")],
  ["https.request", () => https.request("https://127.0.0.1:1")],
  ["https.get", () => https.get("https://127.0.0.1:1")],
  ["dns.lookup", () => dns.lookup("localhost", ignore)],
  ["dns.lookup", () => lookup("localhost", ignore)],
  ["dns.lookup", () => promisify(dns.lookup)("localhost")],
  ["dns.resolve4", () => dns.resolve4("localhost", ignore)],
  ["dns/promises.lookup", () => dns.promises.lookup("localhost")],
  ["dgram.send", () => dgram.createSocket("udp4").send("x", 1)],
  ["fs.readFile", () => fs.readFile(THIS_FILE, ignore)],
  ["fs.readFile", () => readFile(THIS_FILE, ignore)],
  ["fs.readFile", () => promisify(fs.readFile)(THIS_FILE)],
  ["fs.readFileSync", () => fs.readFileSync(THIS_FILE)],
  ["fs.readFileSync", () => readFileSync(THIS_FILE)],
  ["fs.writeFileSync", () => fs.writeFileSync("/dev/null", "x")],
  ["fs.createReadStream", () => fs.createReadStream(THIS_FILE)],
  ["fs.open", () => fs.open(THIS_FILE, ignore)],
  ["fs.readdirSync", () => fs.readdirSync(".")],
  ["fs/promises.readFile", () => fsPromises.readFile(THIS_FILE)],
  ["fs/promises.readFile", () => fs.promises.readFile(THIS_FILE)],
  ["fs/promises.open", () => fsPromises.open(THIS_FILE)],
  ["child_process.spawn", () => childProcess.spawn("true")],
  ["child_process.spawnSync", () => childProcess.spawnSync("true")],
  ["child_process.exec", () => childProcess.exec("true")],
  ["child_process.execFile", () => execFile("true")],
  ["child_process", () => promisify(childProcess.exec)("true")],
  ["child_process.ChildProcess.spawn", () => promisify(childProcess.execFile)("true")],
  ["child_process.fork", () => childProcess.fork("nothing.js")],
  ["crypto.pbkdf2", () => nodeCrypto.pbkdf2("a", "b", 1, 8, "sha1", ignore)],
  ["crypto.pbkdf2", () => pbkdf2("a", "b", 1, 8, "sha1", ignore)],
  ["crypto.pbkdf2", () => promisify(pbkdf2)("a", "b", 1, 8, "sha1")],
  ["crypto.scrypt", () => nodeCrypto.scrypt("a", "b", 8, ignore)],
  ["crypto.hkdf", () => nodeCrypto.hkdf("sha256", "a", "b", "c", 8, ignore)],
  ["crypto.generateKeyPair", () => nodeCrypto.generateKeyPair("ed25519", {}, ignore)],
  ["crypto.generateKeyPairSync", () => nodeCrypto.generateKeyPairSync("ed25519")],
  ["crypto.generateKeySync", () => nodeCrypto.generateKeySync("aes", { length: 128 })],
  ["worker_threads.Worker", () => new Worker("0", { eval: true })],
  ["timers/promises.setInterval", () => timersPromises.setInterval(1)],
  ["timers/promises.scheduler.wait", () => timersPromises.scheduler.wait(1)],
  ["crypto.subtle.wrapKey", () => crypto.subtle.wrapKey("raw", {} as CryptoKey, {} as CryptoKey, "AES-KW")],
];

describe("inside of a world", () => {
  it.each(ESCAPES)("%s stops the run and names itself, although the target catches what it throws", async (name, reach) => {
    const failure = await failureOf(() =>
      inWorld(async () => {
        try {
          await reach();
        } catch {
          // As a target with a fallback would.
        }
        await null;
      }),
    );
    expect([failure.code, failure.exitStatus]).toEqual(["ESCAPED", 3]);
    expect(failure.message).toContain(`isolate-1 called ${name}`);
    expect(failure.hint).not.toBe("");
  });

  it("the first escape of a run is the one that is told", async () => {
    const failure = await failureOf(() =>
      inWorld(() => {
        for (const reach of [() => readFileSync(THIS_FILE), () => net.connect(1)]) {
          try {
            reach();
          } catch {}
        }
      }),
    );
    expect(failure.message).toContain("fs.readFileSync");
  });

  it("an escape within a step stops that step, and every later one", async () => {
    const world = openWorld();
    const isolate = world.actor("isolate-1", "isolate");
    for (const [label, complete] of [
      ["quiet", ignore],
      ["escapes", () => readFileSync(THIS_FILE)],
      ["later", ignore],
    ] as const)
      world.submit({
        kind: "task",
        from: null,
        to: isolate,
        task: null,
        describe: () => label,
        complete: () => void world.as(isolate, null, async () => complete()).catch(ignore),
      });
    await world.step(0);
    expect((await failureOf(() => world.step(0))).code).toBe("ESCAPED");
    expect((await failureOf(() => world.step(0))).code).toBe("ESCAPED");
  });
});

describe("outside of a world", () => {
  it("the guarded functions do what they always did", async () => {
    const here = fs.readFileSync(THIS_FILE, "utf8");
    expect(readFileSync(THIS_FILE, "utf8")).toBe(here);
    expect(await fsPromises.readFile(THIS_FILE, "utf8")).toBe(here);
    expect(await promisify(fs.readFile)(THIS_FILE, "utf8")).toBe(here);
    expect((await promisify(childProcess.execFile)("echo", ["out"])).stdout).toBe("out\n");
    expect(await promisify(pbkdf2)("a", "b", 1, 8, "sha1")).toEqual(nodeCrypto.pbkdf2Sync("a", "b", 1, 8, "sha1"));
    expect((await promisify(dns.lookup)("127.0.0.1")).address).toBe("127.0.0.1");
    const server = http.createServer((_request, response) => response.end("served"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as net.AddressInfo;
    const body = await new Promise((resolve) =>
      http.get({ port, host: "127.0.0.1" }, (response) => response.on("data", (data) => resolve(String(data)))),
    );
    server.closeAllConnections();
    server.close();
    expect(body).toBe("served");
  });

  it("classes stay classes", () => {
    class Mine extends Worker {}
    expect(Object.getPrototypeOf(Mine)).toBe(Worker);
    expect(net.Socket.prototype.connect.length).toBe(new net.Socket().connect.length);
  });
});

describe("watchResources", () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ["zlib.deflate", () => promisify(zlib.deflate)("x"), "ZLIB"],
    ["a CompressionStream", () => new Response(new Response("x").body?.pipeThrough(new CompressionStream("gzip"))).arrayBuffer(), "ZLIB"],
    ["an asynchronous crypto.sign", () => promisify(nodeCrypto.sign)("sha256", Buffer.from("x"), PRIVATE), "SIGNREQUEST"],
    ["a message channel", () => messageRoundTrip(), "MESSAGEPORT"],
    ["the stream of a Blob, which crosses the event loop", () => new Response(new Blob(["x"]).stream()).text(), "BLOBREADER"],
  ])("names %s", async (_what, reach, kind) => {
    const world = openWorld();
    const unwatch = watchResources();
    await world.as(world.actor("isolate-1", "isolate"), null, reach);
    expect(unwatch()).toContain(kind);
  });

  it("finds nothing in what the world owns", async () => {
    const unwatch = watchResources();
    await inWorld(async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      await new Promise((resolve) => setImmediate(resolve));
      await crypto.subtle.digest("SHA-256", new Uint8Array(3));
      await new Response(new URLSearchParams({ a: "b" })).formData();
      await new Promise<void>((resolve) => process.nextTick(resolve));
      AbortSignal.timeout(1_000);
      crypto.randomUUID();
    });
    expect(unwatch()).toEqual([]);
  });

  it("looks only at what actors do, and no longer than it is asked to", async () => {
    const unwatch = watchResources();
    await promisify(zlib.deflate)("outside");
    expect(unwatch()).toEqual([]);
    const world = openWorld();
    await world.as(world.actor("isolate-1", "isolate"), null, () => promisify(zlib.deflate)("afterwards"));
    expect(unwatch()).toEqual([]);
  });
});

describe("leakedResources", () => {
  const opened: { close(): void }[] = [];
  afterEach(() => {
    for (const resource of opened.splice(0)) resource.close();
  });

  it("names what stayed open, once a kind, and not what was open before", () => {
    const timer = setTimeout(ignore, 1_000_000);
    const before = activeResources();
    expect(leakedResources(before)).toEqual([]);
    const more = [setTimeout(ignore, 1_000_000), setTimeout(ignore, 1_000_000)];
    opened.push({ close: () => [timer, ...more].forEach(clearTimeout) });
    expect(leakedResources(before)).toEqual(["Timeout"]);
  });

  it("does not take a virtual timer for a leak", async () => {
    const before = activeResources();
    await inWorld(() => {
      setTimeout(ignore, 1_000_000);
      setInterval(ignore, 1_000_000);
    });
    expect(leakedResources(before)).toEqual([]);
  });
});

const { privateKey: PRIVATE } = nodeCrypto.generateKeyPairSync("ec", { namedCurve: "P-256" });

async function messageRoundTrip(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  await new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage("x");
  });
  port1.close();
}
