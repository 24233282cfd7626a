/** What a pre-flight makes of servers that no product would be: slow, huge, foreign, and quoting what they got. */

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { MsemError } from "../../../provider/core/errors";
import { preflightResults } from "../../../provider/core/preflight";
import { createResolver } from "../../../provider/credentials";
import { crowdStrikePreflight } from "../../../provider/vendors/crowdstrike/preflight";
import { findingOf } from "../../../provider/vendors/preflightFindings";
import { readQualysXml } from "../../../provider/vendors/qualys/xml";
import { rapid7Preflight } from "../../../provider/vendors/rapid7/preflight";
import { runPreflight, urlVariable } from "../../../provider/vendors/runPreflight";
import { sentinelOnePreflight } from "../../../provider/vendors/sentinelone/preflight";
import { canary, type PreflightProfile } from "./profile";
import { profiles } from "./profiles";
import { crowdStrike } from "./profiles/crowdstrike";
import { qualys } from "./profiles/qualys";
import { rapid7 } from "./profiles/rapid7";
import { sentinelOne } from "./profiles/sentinelone";

type Handle = (request: IncomingMessage, response: ServerResponse, body: string) => void;
interface Place {
  url: string;
  seen: string[];
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function serve(handle: Handle, tls?: { key: Buffer; cert: Buffer }): Promise<Place> {
  const seen: string[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      seen.push(`${request.method} ${request.url}`);
      handle(request, response, Buffer.concat(chunks).toString("utf8"));
    });
  };
  const server = tls === undefined ? createServer(listener) : createHttpsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { url: tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`, seen };
}

function run(
  { definition, inputs, environment }: PreflightProfile,
  url: string,
  more: { checkTimeoutMs?: number; now?: () => number; environment?: Record<string, string> } = {},
) {
  const variables: Record<string, string> = {
    ...environment,
    ...more.environment,
    [urlVariable(definition.connector)]: url,
  };
  return runPreflight(definition, inputs, {
    environment: (name) => variables[name],
    resolve: createResolver({ environment: (name) => variables[name] }),
    now: more.now ?? Date.now,
    sleep: async () => undefined,
    ...(more.checkTimeoutMs === undefined ? {} : { checkTimeoutMs: more.checkTimeoutMs }),
  });
}

const every = profiles.map((profile) => [profile.definition.connector.type, profile] as const);

describe.each(every)("%s", (_, profile) => {
  it("gives up on an answer that drips, within its time", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const timer = setInterval(() => response.write(" "), 10);
      response.on("close", () => clearInterval(timer));
    });
    const started = Date.now();
    const { outcomes } = await run(profile, url, { checkTimeoutMs: 250 });
    expect(Date.now() - started).toBeLessThan(2_000);
    expect(outcomes).toMatchObject([{ result: "unreachable", found: "no whole answer within 0.25 s" }]);
  });

  it("reads no more than it must of an answer without end", async () => {
    let sent = 0;
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const chunk = Buffer.alloc(256 * 1024, 0x20);
      const more = (): void => {
        while (!response.destroyed && sent < 64 * 1024 * 1024) {
          sent += chunk.length;
          if (!response.write(chunk)) {
            response.once("drain", more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    const [outcome] = (await run(profile, url)).outcomes;
    // Two attempts of 4 MiB, and what lay in the buffers of the sockets.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    if (profile.definition.connector.type === "forescout") expect(outcome?.result).toBe("ok");
    else {
      expect(outcome).toMatchObject({
        result: "wrongEndpoint",
        found: expect.stringContaining("the body is longer than 4194304 bytes"),
      });
    }
  });

  it.each([200, 400, 401, 403, 404, 409, 500])(
    "keeps secrets back when the server quotes them under %i",
    async (status) => {
      const pairs: string[] = [];
      const { url } = await serve((request, response, body) => {
        const heard = JSON.stringify({ headers: request.headers, body, decoded: decodeURIComponent(body) });
        const [scheme, pair = ""] = (request.headers.authorization ?? "").split(" ");
        if (scheme === "Basic") pairs.push(pair);
        // The pair by itself, so that only who knows it can hide it.
        const message = `quoted ${pair} ${Buffer.from(pair, "base64").toString("utf8")} ${heard}`;
        response.writeHead(status, {
          "content-type": "application/json",
          "x-cs-traceid": message.replace(/[^\x20-\x7e]/g, ""),
        });
        response.end(
          JSON.stringify({ message, detail: message, errors: [{ code: 1, message, title: message, detail: message }] }),
        );
      });
      const report = JSON.stringify(await run(profile, url));
      expect(report).toContain('"check"');
      expect(report).not.toContain(canary);
      for (const pair of pairs) expect(report).not.toContain(pair);
    },
  );

  it("follows no redirect, and says where it leads", async () => {
    const { url, seen } = await serve((_request, response) => {
      response.writeHead(302, { location: `https://login.example.com/saml?token=${canary}` });
      response.end();
    });
    const report = await run(profile, url);
    expect(seen).toHaveLength(1);
    expect(JSON.stringify(report)).not.toContain(canary);
    if (profile.definition.connector.type === "forescout") return;
    expect(report.outcomes).toMatchObject([
      { result: "wrongEndpoint", found: expect.stringContaining("a redirect to https://login.example.com/saml") },
    ]);
  });

  it("says that nothing listens", async () => {
    const { url } = await serve(() => undefined);
    await closing.pop()?.();
    const { outcomes } = await run(profile, url);
    expect(outcomes).toMatchObject([
      { result: "unreachable", found: "connection: nothing listens there (ECONNREFUSED)" },
    ]);
  });
});

describe("TLS", () => {
  it("is told apart: a certificate that nobody vouches for", async () => {
    const folder = join(__dirname, "../../fixtures/tls");
    const tls = { key: readFileSync(join(folder, "server.key")), cert: readFileSync(join(folder, "server.pem")) };
    const { url, seen } = await serve((_request, response) => void response.end("{}"), tls);
    const { outcomes } = await run(rapid7, url);
    expect(outcomes).toMatchObject([
      { check: "key", result: "unreachable", todo: expect.stringContaining("NODE_EXTRA_CA_CERTS") },
    ]);
    expect(outcomes[0]?.found).toMatch(/^TLS: the server's certificate is not trusted \(\w+\)$/);
    expect(seen).toEqual([]);
  });

  it("is told apart: a port that does not speak it", async () => {
    const { url } = await serve(() => undefined);
    const { outcomes } = await run(rapid7, url.replace("http:", "https:"));
    expect(outcomes).toMatchObject([{ result: "unreachable", found: expect.stringMatching(/^TLS: no common way/) }]);
  });
});

describe("the way there", () => {
  const failed = (networkCode: string) => new MsemError("MSEM_NETWORK", "x", { networkCode });
  const way = { limitSeconds: 20 };
  const proxied = { ...way, proxy: { variable: "HTTPS_PROXY", host: "proxy.contoso.com:3128" } };

  it.each([
    ["ENOTFOUND", "DNS: the host name is not known (ENOTFOUND)"],
    ["EAI_AGAIN", "DNS: the host name is not known (EAI_AGAIN)"],
    ["CERT_HAS_EXPIRED", "TLS: the server's certificate is not trusted (CERT_HAS_EXPIRED)"],
    ["EPROTO", "TLS: no common way to encrypt (EPROTO)"],
    ["ECONNRESET", "connection: it failed or broke off (ECONNRESET)"],
  ])("%s is put as %s", (code, found) => {
    expect(findingOf(failed(code), "key", rapid7Preflight, way)).toMatchObject({ result: "unreachable", found });
  });

  it("names the clock beside a certificate out of its time", () => {
    expect(findingOf(failed("CERT_NOT_YET_VALID"), "key", rapid7Preflight, way).todo).toContain("clock");
  });

  it("leads through the proxy: what fails before TLS is the proxy's, and so is 407", () => {
    for (const code of ["ENOTFOUND", "ECONNREFUSED", "ECONNRESET"]) {
      const { result, found } = findingOf(failed(code), "key", rapid7Preflight, proxied);
      expect([result, found]).toEqual(["unreachable", expect.stringContaining("proxy: proxy.contoso.com:3128")]);
    }
    const asked = new MsemError("MSEM_REJECTED", "x", { status: 407, foreignBody: "HTML" });
    expect(findingOf(asked, "key", rapid7Preflight, proxied)).toMatchObject({
      result: "unreachable",
      found: "the proxy proxy.contoso.com:3128 asks for a user name and password",
    });
  });

  it("is not lost when the credential cannot be sent at all", () => {
    expect(findingOf(failed("ERR_INVALID_CHAR"), "key", rapid7Preflight, way)).toMatchObject({ result: "denied" });
  });

  it("names both causes where a refusal may be of the address", () => {
    const refused = new MsemError("MSEM_UNAUTHENTICATED", "x", { status: 401 });
    for (const { definition } of profiles) {
      const { result, todo } = findingOf(refused, "sign-in", definition, way);
      expect(result).toBe("denied");
      if (definition.impossible.blockedBySourceAddress !== undefined) expect(todo).toContain("this machine's address");
    }
  });

  it.each([
    ["http://127.0.0.1:9", true],
    ["https://localhost:9", true],
    ["http://example.com", false],
    ["https://example.com", false],
  ])("is replaced by %s: %s", async (url, allowed) => {
    const running = run(rapid7, url);
    if (allowed) expect((await running).outcomes).toMatchObject([{ result: "unreachable" }]);
    else await expect(running).rejects.toMatchObject({ code: "MSEM_CONFIGURATION" });
  });
});

describe("CrowdStrike's time to come back", () => {
  const inAMinute = Date.now() + 60_000;
  it.each([
    ["milliseconds", String(inAMinute)],
    ["seconds", String(Math.floor(inAMinute / 1_000))],
  ])("is read in %s", async (_, value) => {
    const { url } = await serve((_request, response) => {
      response.writeHead(429, { "x-ratelimit-retryafter": value, "content-type": "application/json" });
      response.end(JSON.stringify({ errors: [{ code: 429, message: "API rate limit exceeded." }] }));
    });
    const [outcome] = (await run(crowdStrike, url)).outcomes;
    expect(outcome?.result).toBe("throttled");
    expect(Number(/asks to wait (\d+) s/.exec(outcome?.todo ?? "")?.[1])).toBeGreaterThan(50);
    expect(Number(/asks to wait (\d+) s/.exec(outcome?.todo ?? "")?.[1])).toBeLessThan(61);
  });

  it("leaves an error in an answer 200 undecided", async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(request.url === "/oauth2/token" ? 201 : 200, { "content-type": "application/json" });
      const ids = { resources: null, errors: [{ code: 500, message: "unable to reach the database" }] };
      response.end(JSON.stringify(request.url === "/oauth2/token" ? { access_token: "token-1", expires_in: 1 } : ids));
    });
    expect((await run(crowdStrike, url)).outcomes.slice(1)).toMatchObject([
      { check: "assets", result: "inconclusive", says: "unable to reach the database" },
      { check: "vulnerabilities", result: "inconclusive" },
    ]);
  });

  it("knows no result that it does not reach", () => {
    expect(preflightResults.filter((result) => crowdStrikePreflight.impossible[result] !== undefined)).toEqual([]);
  });
});

describe("Qualys's XML", () => {
  it("is read without fetching the DTD that it names", async () => {
    const place = await serve((request, response) => {
      response.writeHead(200, { "content-type": "text/xml" });
      response.end(
        `<?xml version="1.0"?><!DOCTYPE SIMPLE_RETURN SYSTEM "http://${request.headers.host}/simple_return.dtd"><SIMPLE_RETURN><RESPONSE><CODE>2012</CODE><TEXT>no</TEXT></RESPONSE></SIMPLE_RETURN>`,
      );
    });
    await run(qualys, place.url);
    expect(place.seen.filter((line) => line.includes(".dtd"))).toEqual([]);
    expect(place.seen.length).toBeGreaterThan(0);
  });

  it("is read without expanding what it declares", () => {
    const entities = Array.from({ length: 30 }, (_, index) => `<!ENTITY e${index + 1} "&e${index};&e${index};">`).join(
      "",
    );
    const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">${entities}]><SIMPLE_RETURN><RESPONSE><CODE>2000</CODE><TEXT>&e30;</TEXT></RESPONSE></SIMPLE_RETURN>`;
    const started = Date.now();
    const answer = readQualysXml(bomb);
    expect(Date.now() - started).toBeLessThan(1_000);
    expect(JSON.stringify(answer ?? null).length).toBeLessThan(1_000);
    const small = `<!DOCTYPE x [<!ENTITY code "2000">]><SIMPLE_RETURN><RESPONSE><CODE>&code;</CODE></RESPONSE></SIMPLE_RETURN>`;
    expect(readQualysXml(small)?.code).not.toBe("2000");
  });

  it.each(["", "no xml", "<html><body>Sign in</body></html>", "{}", "<SIMPLE_RETURN>", "<a><b></a>"])(
    "is not seen in %j",
    (text) => expect(readQualysXml(text)?.code).toBeUndefined(),
  );
});

describe("the time of a check", () => {
  it.each(["1", "300"])("is %s s when the environment says so", async (seconds) => {
    const { url } = await serve((_request, response) => void response.destroy());
    const environment = { MSEM_PREFLIGHT_TIMEOUT_SECONDS: seconds };
    expect((await run(rapid7, url, { environment })).outcomes).toHaveLength(1);
  });

  it("ends a check when the environment says so", async () => {
    const { url } = await serve(() => undefined);
    const started = Date.now();
    const { outcomes } = await run(rapid7, url, { environment: { MSEM_PREFLIGHT_TIMEOUT_SECONDS: "1" } });
    expect(outcomes).toMatchObject([{ result: "unreachable", found: "no whole answer within 1 s" }]);
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  it.each(["0", "301", "-1", "1.5", "soon"])("is refused as %s", async (seconds) => {
    const running = run(rapid7, "http://127.0.0.1:9", { environment: { MSEM_PREFLIGHT_TIMEOUT_SECONDS: seconds } });
    await expect(running).rejects.toMatchObject({ code: "MSEM_CONFIGURATION" });
  });
});

describe("time", () => {
  const expires = Date.parse("2027-03-01T00:00:00Z");
  const tokenOf = async (now: () => number, environment: Record<string, string> = {}) => {
    const { url } = await serve((request, response) => {
      response.writeHead(200, {
        "content-type": "application/json",
        date: new Date(expires - 10 * 86_400_000).toUTCString(),
      });
      const details = { data: { createdAt: "2026-01-01", expiresAt: new Date(expires).toISOString() } };
      response.end(JSON.stringify(request.method === "POST" ? details : { data: { total: 3 } }));
    });
    return (await run(sentinelOne, url, { now, environment })).warnings;
  };

  it("of a credential that ends soon is judged by the product's clock", async () => {
    expect(await tokenOf(() => expires - 10 * 86_400_000)).toEqual([
      "the credential ends in 10 days (2027-03-01T00:00:00.000Z); warned below 30 days (MSEM_EXPIRY_WARNING_DAYS)",
    ]);
    expect(await tokenOf(() => expires - 10 * 86_400_000, { MSEM_EXPIRY_WARNING_DAYS: "9" })).toEqual([]);
  });

  it("of this machine is warned of when it is far from the product's", async () => {
    const warnings = await tokenOf(() => expires + 3_600_000);
    expect(warnings[0]).toContain("ends in 10 days");
    expect(warnings[1]).toContain("ahead of the product's");
  });

  it("is refused when it is no number of days", async () => {
    await expect(tokenOf(Date.now, { MSEM_EXPIRY_WARNING_DAYS: "soon" })).rejects.toMatchObject({
      code: "MSEM_CONFIGURATION",
    });
    expect(sentinelOnePreflight.proves).toContain("until the day");
  });
});
