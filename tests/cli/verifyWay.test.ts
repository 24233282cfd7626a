/** `msem verify` as a process: proxy and certificates come from its environment. The product is a TLS server of ours. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer as createProxyServer, type IncomingMessage } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";
import { join } from "node:path";

const root = join(__dirname, "../..");
const tls = join(root, "tests/fixtures/tls");
const canary = "canary-b6d20f";
const host = "eu.api.insight.rapid7.com";

interface Product {
  readonly port: number;
  readonly seen: string[];
}

const servers: Server[] = [];
const sockets = new Set<Socket>();
let product: Product;

function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

beforeAll(async () => {
  const seen: string[] = [];
  const server = createServer(
    { key: readFileSync(join(tls, "server.key")), cert: readFileSync(join(tls, "server.pem")) },
    (request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response.writeHead(200, { "content-type": "application/json" });
      response.end(request.method === "GET" ? '{"message":"Authorized"}' : '{"data":[{"id":"a"}]}');
    },
  );
  product = { port: await listen(server), seen };
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

/** Leads every CONNECT to the product, or refuses it with a status. */
async function proxy(refusal?: number) {
  const asked: { target: string; authorization: string | undefined }[] = [];
  const server = createProxyServer((_request, response) => void response.writeHead(500).end());
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    asked.push({ target: request.url ?? "", authorization: request.headers["proxy-authorization"] });
    socket.on("error", () => undefined);
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal} Refused\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\n<html></html`);
      return;
    }
    const onward = connect(product.port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    sockets.add(onward);
  });
  return { port: await listen(server), asked };
}

async function verify(environment: Record<string, string>) {
  const args = [
    "verify",
    "--connector",
    "rapid7",
    "--setting",
    `endpoint=${host}`,
    "--secret-env",
    "apiKey=RAPID7_KEY",
  ];
  const child = spawn(process.execPath, [join(root, "provider/bin/msem.js"), ...args, "--format", "json"], {
    env: { PATH: process.env.PATH ?? "", RAPID7_KEY: `${canary}-key`, ...environment },
  });
  const written = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (written.stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (written.stderr += String(chunk)));
  const timer = setTimeout(() => child.kill("SIGKILL"), 25_000);
  const code = await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  expect(JSON.stringify(written)).not.toContain(canary);
  expect([code, written.stderr]).toEqual([expect.anything(), expect.stringContaining("[1/1]")]);
  const [connector] = (JSON.parse(written.stdout) as { connectors: object[] }).connectors;
  return { code, connector };
}

const trust = { NODE_EXTRA_CA_CERTS: join(tls, "ca.pem") };
const through = (port: number) => ({ HTTPS_PROXY: `http://${canary}-user:${canary}-password@127.0.0.1:${port}` });

describe("msem verify behind a proxy", () => {
  it("goes through it, signs in there, and trusts the certificates that it is told to", async () => {
    const { port, asked } = await proxy();
    const before = product.seen.length;
    const { code, connector } = await verify({ ...trust, ...through(port) });
    expect([code, connector]).toEqual([0, expect.objectContaining({ result: "ok" })]);
    expect(connector).toMatchObject({
      warnings: [expect.stringContaining(`asked through the proxy 127.0.0.1:${port} (HTTPS_PROXY)`)],
    });
    const pair = Buffer.from(`${canary}-user:${canary}-password`).toString("base64");
    expect(asked[0]).toEqual({ target: `${host}:443`, authorization: `Basic ${pair}` });
    expect(product.seen.slice(before)).toEqual(["GET /validate", "POST /vm/v4/integration/assets?size=1"]);
  });

  it("stops at a certificate that nobody vouches for, before the key is sent", async () => {
    const { port } = await proxy();
    const before = product.seen.length;
    const { code, connector } = await verify(through(port));
    expect(code).toBe(2);
    expect(connector).toMatchObject({
      result: "unreachable",
      checks: [{ found: expect.stringMatching(/^TLS: /), todo: expect.stringContaining("NODE_EXTRA_CA_CERTS") }],
    });
    expect(product.seen.length).toBe(before);
  });

  it("says that the proxy wants to know who asks", async () => {
    const { port } = await proxy(407);
    const { code, connector } = await verify({ ...trust, HTTPS_PROXY: `http://127.0.0.1:${port}` });
    expect(code).toBe(2);
    expect(connector).toMatchObject({
      result: "unreachable",
      checks: [{ found: `the proxy 127.0.0.1:${port} asks for a user name and password` }],
    });
  });

  it("says that the proxy does not answer", async () => {
    const { connector } = await verify({ ...trust, ...through(1) });
    expect(connector).toMatchObject({
      result: "unreachable",
      checks: [{ found: "proxy: 127.0.0.1:1 does not let the connection through (ECONNREFUSED)" }],
    });
  });
});
