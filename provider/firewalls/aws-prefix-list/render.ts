/**
 * Commands of the AWS CLI. One call changes at most 100 entries, and each call makes a version, which the next one has to
 * name: a call fails when somebody else has changed the list since.
 */
import type { Format, FullList, ListChange, NamedSet } from "../../core/allowlist/index";
import { formatPrefix } from "../../core/ip/index";
import { type Described, describedEntry } from "../described";
import { command } from "../shell";

/** Entries that one call may add and remove, together. */
export const changesPerCall = 100;

interface Step {
  readonly verb: "add" | "remove";
  readonly entry: Described;
}

/** Additions first; where all of them do not fit beside what goes, by turns, so that no call exceeds the list's size. */
function stepsOf(
  { maxEntries, entries }: NamedSet,
  added: readonly Described[],
  removed: readonly Described[],
): Step[] {
  const add = added.map((entry): Step => ({ verb: "add", entry }));
  const remove = removed.map((entry): Step => ({ verb: "remove", entry }));
  if (maxEntries === undefined || entries.length + added.length <= maxEntries) return [...add, ...remove];
  const longer = Math.max(add.length, remove.length);
  return Array.from({ length: longer }, (_, at) => [remove[at], add[at]])
    .flat()
    .filter((step) => step !== undefined);
}

function calls(set: NamedSet, added: readonly Described[], removed: readonly Described[], done = 0): string {
  const steps = stepsOf(set, added, removed);
  const texts: string[] = [];
  for (let from = 0; from < steps.length; from += changesPerCall) {
    const now = steps.slice(from, from + changesPerCall);
    const current = set.token === undefined ? "CURRENT_VERSION" : String(Number(set.token) + done + texts.length);
    texts.push(
      command(
        ["aws", "ec2", "modify-managed-prefix-list"],
        [
          ["--prefix-list-id", set.id],
          ["--current-version", current],
          ...entriesOption("--add-entries", now, "add"),
          ...entriesOption("--remove-entries", now, "remove"),
        ],
      ),
    );
  }
  return texts.join("");
}

function entriesOption(option: string, steps: readonly Step[], verb: Step["verb"]): string[][] {
  const entries = steps
    .filter((step) => step.verb === verb)
    .map(({ entry: { cidr, description } }) => ({
      Cidr: cidr,
      ...(verb === "remove" || description === undefined ? {} : { Description: description }),
    }));
  return entries.length === 0 ? [] : [[option, JSON.stringify(entries)]];
}

const addedOf = ({ add }: ListChange): Described[] => add.map((prefix) => ({ cidr: formatPrefix(prefix) }));
const removedOf = ({ remove }: ListChange): Described[] => remove.map(describedEntry);

/** How many versions the change makes: its rollback begins with the last of them. */
const callsOf = ({ add, remove }: ListChange): number => Math.ceil((add.length + remove.length) / changesPerCall);

function full({ name, prefixes }: FullList): string {
  const [first] = prefixes;
  const list = {
    PrefixListId: "PREFIX_LIST_ID",
    PrefixListName: name,
    AddressFamily: first?.family === "ipv6" ? "IPv6" : "IPv4",
    MaxEntries: prefixes.length,
  };
  const Entries = prefixes.map((prefix) => ({ Cidr: formatPrefix(prefix) }));
  return `${JSON.stringify({ PrefixLists: [list], Entries }, null, 2)}\n`;
}

export const renderPrefixList: Format["render"] = {
  change: (change) => calls(change.set, addedOf(change), removedOf(change)),
  rollback: (change) => calls(change.set, removedOf(change), addedOf(change), callsOf(change)),
  full,
};
