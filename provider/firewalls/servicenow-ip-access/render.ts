/**
 * Bodies for the Table API, which makes and deletes one record per call. What a change has made has no `sys_id` yet: a
 * rollback names it by its range.
 */
import type { Entry, Format, ListChange, NamedSet } from "../../core/allowlist/index";
import { formatAddress, intervalOf, type Prefix } from "../../core/ip/index";
import { denyId } from "./parse";
import type { Column } from "./records";

type Values = Partial<Record<Column, string>>;

const description = "Microsoft, by msem";

const valuesOf = ({ text }: Entry): Values => JSON.parse(text) as Values;

/** The database's values of choices are not public: new records take the spelling of those that are there. */
function spelling({ entries }: NamedSet): { readonly type: string; readonly direction: string } {
  let type: string | undefined;
  let direction: string | undefined;
  for (const entry of entries) {
    if (entry.term.kind !== "block") continue;
    const values = valuesOf(entry);
    type ??= values.type;
    if (/^in/i.test(values.direction ?? "")) direction ??= values.direction;
  }
  return { type: type ?? "allow", direction: direction ?? (/^[A-Z]/.test(type ?? "") ? "Inbound" : "inbound") };
}

function madeFor(prefix: Prefix, spelled: ReturnType<typeof spelling>): Values {
  const { family, first, last } = intervalOf(prefix);
  return {
    ...spelled,
    range_start: formatAddress({ family, words: first }),
    range_end: formatAddress({ family, words: last }),
    description,
  };
}

function bodies(create: readonly Values[], remove: readonly Values[]): string {
  if (create.length + remove.length === 0) return "";
  const body = {
    create: create.map(({ sys_id: _, ...values }) => ({ ...values, active: "true" })),
    delete: remove.map(({ sys_id, type, range_start, range_end }) =>
      sys_id === undefined ? { type, range_start, range_end } : { sys_id },
    ),
  };
  return `${JSON.stringify(body, undefined, 2)}\n`;
}

function added({ set, add }: ListChange): Values[] {
  const spelled = spelling(set);
  return add.map((prefix) => madeFor(prefix, spelled));
}

const removed = ({ remove }: ListChange): Values[] => remove.map(valuesOf);

export const renderServiceNow: Format["render"] = {
  change: (change) => bodies(added(change), removed(change)),
  rollback: (change) => bodies(removed(change), added(change)),
  full: ({ prefixes }) => {
    const records = prefixes.map((prefix) => ({
      ...madeFor(prefix, { type: "allow", direction: "inbound" }),
      active: "true",
    }));
    return `${JSON.stringify({ records }, undefined, 2)}\n`;
  },
};

export function refuseServiceNow({ id }: NamedSet): string | undefined {
  return id === denyId ? "its records deny" : undefined;
}
