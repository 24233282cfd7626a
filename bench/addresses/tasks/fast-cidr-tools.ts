import type { Lists } from "../inputs.ts";
import { fromPeers } from "../peers.ts";
import { task } from "../task.ts";

interface FastCidrTools {
  merge(networks: readonly string[]): string[];
  exclude(base: readonly string[], excluded: readonly string[]): string[];
  contains(a: readonly string[], b: readonly string[]): boolean;
}

const { merge, exclude, contains } = (await fromPeers("fast-cidr-tools")) as FastCidrTools;

export const tasks = {
  merge: task(({ a }: Lists) => merge(a)),
  difference: task(({ a, b }: Lists) => exclude(a, b)),
  coverage: task(({ a, b }: Lists) => b.map((prefix) => (contains(a, [prefix]) ? "covered" : "not"))),
};
