/** A Rapid7 key is judged by what its owner declares: no form of a key and no answer of the API is documented to tell. */
import { isRecord, type Judgement, unknown } from "../subject";

export interface Rapid7Settings {
  readonly tag: string;
  readonly accepted: readonly string[];
}

export const judgeRapid7Key: Judgement<Rapid7Settings> = ({ className, name, inputs }, { tag, accepted }) => {
  if (className !== "Rapid7Connector" || accepted.includes(name)) return [];
  const { tags } = inputs;
  if (tags === unknown) return [];
  const kind = isRecord(tags) ? tags[tag] : undefined;
  if (kind === unknown || kind === "user") return [];
  if (kind === "organization") {
    return [
      `tags["${tag}"] says "organization": that key is good for all products of the organization, whoever holds it`,
    ];
  }
  return [
    kind === undefined
      ? `tags["${tag}"] is missing: declare "user" or "organization"`
      : `tags["${tag}"] must be "user" or "organization"`,
  ];
};
