/** What is allowed while migrating, and where. */
import { judgeMigration } from "../../../policy/judgements/migration";
import { unknown } from "../../../policy/subject";
import { subject } from "../subjects";

function judge(inputs: Record<string, unknown>, stack: string, migrationStacks = ["migration"]) {
  return judgeMigration(subject("IpAllowlist", inputs, { stack }), { migrationStacks });
}

describe("adopt and startEnforcement", () => {
  it("are objected to, each with what it does, outside a migration stack", () => {
    expect(judge({ adopt: true, startEnforcement: true }, "prod")).toEqual([
      'adopt: true in the stack "prod": it takes over what somebody else made, and removes it when the stack no longer wants it',
      'startEnforcement: true in the stack "prod": it turns an empty list into a restriction: everybody who is not in it is shut out',
    ]);
    expect(judge({ adopt: true, startEnforcement: false }, "prod")).toHaveLength(1);
    expect(judge({ adopt: false, startEnforcement: true }, "prod")).toHaveLength(1);
  });

  it("pass in a migration stack, and where they are not set or not known yet", () => {
    expect(judge({ adopt: true, startEnforcement: true }, "migration")).toEqual([]);
    expect(judge({ adopt: false, startEnforcement: false }, "prod")).toEqual([]);
    expect(judge({}, "prod")).toEqual([]);
    expect(judge({ adopt: unknown, startEnforcement: unknown }, "prod")).toEqual([]);
  });

  it("take a stack by its whole name, with * for any text", () => {
    const passes = (stack: string, ...patterns: string[]) => judge({ adopt: true }, stack, patterns).length === 0;
    expect(passes("migration-eu", "migration")).toBe(false);
    expect(passes("premigration", "migration")).toBe(false);
    expect(passes("Migration", "migration")).toBe(false);
    expect(passes("migration-eu", "migration*")).toBe(true);
    expect(passes("eu-migration-1", "old", "*-migration-*")).toBe(true);
    expect(passes("premigration-eu", "migration*")).toBe(false);
    expect(passes("moveXprod", "move.prod")).toBe(false);
    expect(passes("move.prod", "move.prod")).toBe(true);
    expect(passes("prod")).toBe(false);
  });
});
