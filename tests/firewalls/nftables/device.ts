/** What a machine makes of a rendered change: text is loaded behind the ruleset, a JSON document is changed by the commands. */
export function applyNft(config: string, rendered: string): string {
  if (!config.trimStart().startsWith("{")) return `${config.replace(/\n?$/, "\n")}${rendered}`;
  const document = JSON.parse(config) as { nftables: { set?: JsonSet }[] };
  for (const { verb, family, table, set, elements } of commandsIn(rendered)) {
    const found = document.nftables.find(
      (one) => one.set?.family === family && one.set.table === table && one.set.name === set,
    )?.set;
    if (found === undefined) throw new Error(`no set ${family} ${table} ${set}`);
    found.elem ??= [];
    for (const element of elements) {
      const { address, item } = jsonElement(element);
      const at = found.elem.findIndex((one) => addressIn(one) === address);
      // The kernel refuses the whole transaction.
      if (verb === "delete" && at < 0) throw new Error(`${address} does not exist`);
      if (verb === "delete") found.elem.splice(at, 1);
      else if (at < 0) found.elem.push(item);
    }
  }
  return JSON.stringify(document);
}

interface JsonSet {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  elem?: unknown[];
}

interface Command {
  readonly verb: "add" | "delete";
  readonly family: string;
  readonly table: string;
  readonly set: string;
  readonly elements: readonly string[];
}

/** Every rendered line must be part of a command. */
export function commandsIn(rendered: string): Command[] {
  const commands: Command[] = [];
  const rest = rendered.replace(
    /^(add|delete) element (\S+) (\S+) (\S+) \{\s+([^{}]*?)\s+\}\n/gm,
    (_, verb: "add" | "delete", family: string, table: string, set: string, body: string) => {
      commands.push({ verb, family, table, set, elements: body.split(/,\s+/) });
      return "";
    },
  );
  if (rest !== "") throw new Error(`not understood: ${rest}`);
  return commands;
}

function jsonElement(text: string): { readonly address: string; readonly item: unknown } {
  const [, address = "", comment] = /^(\S+)(?: comment "([^"]*)")?$/.exec(text) ?? [];
  if (address === "") throw new Error(`not understood: ${text}`);
  const [first = "", last] = address.split("-");
  const [addr, length] = first.split("/");
  const val =
    last !== undefined
      ? { range: [first, last] }
      : length !== undefined
        ? { prefix: { addr, len: Number(length) } }
        : first;
  return { address, item: comment === undefined ? val : { elem: { val, comment } } };
}

function addressIn(item: unknown): string {
  if (typeof item === "string") return item;
  const { elem, prefix, range } = item as {
    elem?: { val: unknown };
    prefix?: { addr: string; len: number };
    range?: [string, string];
  };
  if (elem !== undefined) return addressIn(elem.val);
  if (prefix !== undefined) return `${prefix.addr}/${prefix.len}`;
  return range?.join("-") ?? "";
}
