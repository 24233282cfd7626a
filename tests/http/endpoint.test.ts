import { MsemError } from "../../provider/core/errors";
import { isLoopback, parseEndpoint } from "../../provider/http/endpoint";

describe("an endpoint", () => {
  it.each([
    ["https://host.example/base/", "https://host.example/base", false],
    ["https://HOST.example:443", "https://host.example", false],
    ["http://localhost:8080", "http://localhost:8080", true],
    ["http://127.0.0.2:1/x", "http://127.0.0.2:1/x", true],
    ["http://[::1]:1", "http://[::1]:1", true],
  ])("%s is taken as %s", (text, href, loopback) => {
    expect(parseEndpoint(text)).toMatchObject({ href, loopback });
  });

  it.each([
    "",
    "host.example",
    "ftp://host.example",
    "http://host.example",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
    "https://user:canary@host.example",
    "https://host.example/?key=canary",
    "https://host.example/#canary",
  ])("%j is refused without quoting a secret", (text) => {
    try {
      parseEndpoint(text);
    } catch (error) {
      expect(error).toBeInstanceOf(MsemError);
      expect((error as MsemError).code).toBe("MSEM_CONFIGURATION");
      expect((error as MsemError).message).not.toContain("canary");
      return;
    }
    throw new Error("was accepted");
  });

  it("knows this machine by its names and addresses only", () => {
    expect(["localhost", "a.localhost", "LOCALHOST.", "127.1.2.3", "[::1]"].map(isLoopback)).not.toContain(false);
    expect(
      ["localhost.example", "mylocalhost", "128.0.0.1", "127.0.0.1.example", "[::2]"].map(isLoopback),
    ).not.toContain(true);
  });
});
