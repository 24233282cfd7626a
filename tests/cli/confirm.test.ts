/** `msem confirm`; the Pulumi CLI is a script that prints an export and writes down what it is asked to do. */
import { chmodSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runConfirm } from "../../provider/cli/confirm";
import { capture, scratch } from "./capture";

const files = scratch();
const calls = join(files.folder, "calls");

afterAll(() => files.remove());
beforeEach(() => rmSync(calls, { force: true }));

interface Resource {
  readonly name: string;
  readonly className?: string;
  readonly outputs?: object;
  readonly delete?: boolean;
}

const asked = (text: string, ...times: string[]) => ({
  actionRequired: { text, fields: times.map((requestedDateTime) => ({ field: "f", requestedDateTime })) },
});

function stack(...resources: Resource[]): void {
  const exported = resources.map(({ name, className = "QualysConnector", ...more }) => ({
    urn: `urn:pulumi:prod::security::pulumi-nodejs:dynamic/msem:${className}::${name}`,
    type: `pulumi-nodejs:dynamic/msem:${className}`,
    ...more,
  }));
  const content = files.write("export.json", JSON.stringify({ deployment: { resources: exported } }));
  const script = [
    "#!/bin/sh",
    `[ "$1" = stack ] || printf '%s\\n' "$*" >> '${calls}'`,
    `[ "$1" != stack ] || /bin/cat '${content}'`,
    "",
  ];
  chmodSync(files.write("pulumi", script.join("\n")), 0o755);
}

const confirm = (...names: string[]) =>
  capture((io) => runConfirm({ names, stack: "prod" }, io, () => new Date("2026-11-24T12:00:00Z")), {
    env: { PATH: files.folder },
  });
const written = () => (existsSync(calls) ? readFileSync(calls, "utf8").trimEnd().split("\n") : []);

describe("msem confirm", () => {
  it("without a name shows what waits, by name and with what to do, and changes nothing", async () => {
    stack(
      { name: "scanner", outputs: asked("change it\n  Open …", "2026-11-24T10:00:00Z") },
      { name: "cmdb", className: "ServiceNowConnector", outputs: asked("connect it", "2026-11-24T09:00:00Z") },
      { name: "done", outputs: { actionRequired: null } },
      { name: "leaving", outputs: asked("never mind", "2026-11-24T08:00:00Z"), delete: true },
    );
    const { code, stdout } = await confirm();
    expect([code, stdout]).toEqual([
      2,
      [
        "2 resources wait for somebody to do something by hand.",
        "",
        "cmdb: connect it",
        "  Asked    2026-11-24T09:00:00Z",
        "",
        "scanner: change it",
        "  Open …",
        "  Asked    2026-11-24T10:00:00Z",
        "",
      ].join("\n"),
    ]);
    expect(written()).toEqual([]);
    stack({ name: "api", outputs: { status: "connected" } });
    expect(await confirm()).toMatchObject({ code: 0, stdout: "Nothing waits to be done by hand.\n" });
  });

  it("writes the time to the stack's configuration, whatever the name looks like", async () => {
    stack(
      { name: "scanner", outputs: asked("x", "2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z") },
      { name: 'a.b"c\\=', outputs: asked("x", "2026-11-24T10:00:00Z") },
    );
    const { code, stdout } = await confirm("scanner", 'a.b"c\\=', "scanner");
    expect(code).toBe(0);
    expect(stdout).toContain("scanner: confirmed at 2026-11-24T12:00:00.000Z\n");
    expect(stdout).toContain("Run `pulumi up` to take it into the stack, and commit the changed file.");
    expect(written()).toEqual([
      String.raw`config set --path msem:confirmed["a.b\"c\\="] 2026-11-24T12:00:00.000Z --plaintext --non-interactive --stack prod`,
      `config set --path msem:confirmed["scanner"] 2026-11-24T12:00:00.000Z --plaintext --non-interactive --stack prod`,
    ]);
  });

  it("is never older than the request, however late the clock of this machine is", async () => {
    stack({ name: "scanner", outputs: asked("x", "2026-11-24T10:00:00Z", "2026-11-24T12:03:00.500Z") });
    await confirm("scanner");
    expect(written()[0]).toContain(" 2026-11-24T12:03:00.500Z ");
  });

  it("says of a name that waits for nothing that it does, and writes nothing", async () => {
    stack({ name: "done", outputs: { actionRequired: null } });
    expect(await confirm("done")).toMatchObject({ code: 0, stdout: "done: nothing waits to be confirmed\n" });
    expect(written()).toEqual([]);
  });

  it("refuses names that are unknown or stand for two, all at once, and confirms none then", async () => {
    stack(
      { name: "scanner", outputs: asked("x", "2026-11-24T10:00:00Z") },
      { name: "twice", outputs: asked("x", "2026-11-24T10:00:00Z") },
      { name: "twice", className: "WizConnector", outputs: asked("x", "2026-11-24T10:00:00Z") },
      { name: "api", outputs: { status: "connected" } },
    );
    const { code, stdout, stderr } = await confirm("scanner", "scaner", "twice", "api");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("MSEM_INVALID nothing was confirmed");
    expect(stderr).toContain("  scaner: nothing of this name was handed off; did you mean scanner?");
    expect(stderr).toContain("  twice: 2 resources have this name; confirm each by its argument `confirmed`");
    expect(stderr).toContain("  api: nothing of this name was handed off");
    expect(written()).toEqual([]);
  });

  it("names the Pulumi CLI when there is none, and says what it said when it fails", async () => {
    const io = { env: { PATH: join(files.folder, "nowhere") } };
    const none = await capture((given) => runConfirm({ names: [] }, given), io);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("there is no `pulumi` on the PATH")]);
    chmodSync(files.write("pulumi", "#!/bin/sh\necho 'error: no stack selected' >&2\nexit 255\n"), 0o755);
    const failing = await confirm();
    expect(failing.stderr).toContain(
      "`pulumi stack export --non-interactive --stack prod` failed: error: no stack selected",
    );
  });
});
