/** The declared kind of a Rapid7 key. */
import { judgeRapid7Key } from "../../../policy/judgements/rapid7";
import { unknown } from "../../../policy/subject";
import { subject } from "../subjects";

const judge = (tags: unknown, className = "Rapid7Connector", accepted: string[] = []) =>
  judgeRapid7Key(subject(className, { tags, apiKey: "secret" }, { name: "vm" }), { tag: "rapid7-key", accepted });

describe("a Rapid7 key", () => {
  it("passes when it is declared to be a user's", () => {
    expect(judge({ "rapid7-key": "user", team: "x" })).toEqual([]);
  });

  it("is flagged as an organization's, undeclared, or declared to be something else", () => {
    expect(judge({ "rapid7-key": "organization" })).toEqual([
      'tags["rapid7-key"] says "organization": that key is good for all products of the organization, whoever holds it',
    ]);
    const missing = ['tags["rapid7-key"] is missing: declare "user" or "organization"'];
    expect([judge(undefined), judge({}), judge({ team: "user" })]).toEqual([missing, missing, missing]);
    expect(judge({ "rapid7-key": "User" })).toEqual(['tags["rapid7-key"] must be "user" or "organization"']);
  });

  it("is not judged before the tags are known, nor when the resource is accepted by name, nor of other products", () => {
    expect([judge(unknown), judge({ "rapid7-key": unknown })]).toEqual([[], []]);
    expect(judge({ "rapid7-key": "organization" }, "Rapid7Connector", ["vm"])).toEqual([]);
    expect(judge({ "rapid7-key": "organization" }, "Rapid7Connector", ["other"])).toHaveLength(1);
    expect(judge(undefined, "QualysConnector")).toEqual([]);
  });
});
