import type { Lists } from "../inputs.ts";
import { fromPeers } from "../peers.ts";
import { task } from "../task.ts";

interface CidrTools {
  mergeCidr(networks: readonly string[]): string[];
  excludeCidr(base: readonly string[], excluded: readonly string[]): string[];
  containsCidr(a: readonly string[], b: readonly string[]): boolean;
}

const { mergeCidr, excludeCidr, containsCidr } = (await fromPeers("cidr-tools")) as CidrTools;

export const tasks = {
  merge: task(({ a }: Lists) => mergeCidr(a)),
  difference: task(({ a, b }: Lists) => excludeCidr(a, b)),
  coverage: task(({ a, b }: Lists) => b.map((prefix) => (containsCidr(a, [prefix]) ? "covered" : "not"))),
};
