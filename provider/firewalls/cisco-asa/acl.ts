/** Access lists while they are read: lines in their order, removed ones, insertions, and the expansion that `show` adds. */
import { quotable } from "../lines";

export interface AclLine {
  /** Without `access-list NAME`, its line number and what `show` appends. */
  readonly words: readonly string[];
  readonly text: string;
  readonly line: number;
  /** `show access-list` marks lines whose time range is over, or that are inactive. */
  readonly inactive: boolean;
  /** What `show access-list` makes of the line's groups. */
  readonly expanded: AclLine[];
}

export interface Acl {
  readonly name: string;
  readonly line: number;
  lines: (AclLine | undefined)[];
  /** How many remarks and rules there are: what `line n` counts. */
  size: number;
  /** Where each line stands, by its words; made at the first `no`. */
  places: Map<string, AclLine[]> | undefined;
  /** Interfaces with the direction, from `access-group`. */
  readonly bindings: { readonly interface?: string; readonly direction: "in" | "out" }[];
}

export interface AclPlace {
  readonly raw: string;
  readonly line: number;
  readonly negated: boolean;
  readonly indented: boolean;
}

/** Beyond this, a line that asks for a place goes to the end: each insertion moves all lines after it. */
const mostInsertions = 5_000;

export interface AclStore {
  /** In the order of the file. */
  lists(): Iterable<Acl>;
  read(words: readonly string[], place: AclPlace): void;
  bind(words: readonly string[]): void;
}

export function aclStore(): AclStore {
  const acls = new Map<string, Acl>();
  let insertions = 0;
  const named = (name: string, line: number): Acl => {
    const known = acls.get(name);
    if (known !== undefined) return known;
    const acl: Acl = { name, line, lines: [], size: 0, places: undefined, bindings: [] };
    acls.set(name, acl);
    return acl;
  };
  return {
    lists: () => acls.values(),
    read([, name, ...rest], place) {
      // `access-list outside_in; 5 elements; name hash: 0x1f2e3d4c` heads what `show` prints.
      if (name === undefined || name.endsWith(";") || name === "cached" || name === "alert-interval") return;
      const numbered = rest[0] === "line" && /^\d+$/.test(rest[1] ?? "");
      const at = numbered ? Number(rest[1]) : undefined;
      const read = readLine(numbered ? rest.slice(2) : rest, place);
      const acl = named(name, place.line);
      if (place.negated) {
        removeLine(acl, read);
        return;
      }
      const last = acl.lines.at(-1);
      if (place.indented && numbered && last !== undefined && at === acl.size) {
        last.expanded.push(read);
        return;
      }
      acl.size++;
      if (at === undefined || at >= acl.size || insertions >= mostInsertions) acl.lines.push(read);
      else {
        insertions++;
        // Gaps of removed lines do not count as lines.
        if (acl.lines.length >= acl.size) acl.lines = acl.lines.filter((line) => line !== undefined);
        acl.lines.splice(Math.max(at, 1) - 1, 0, read);
      }
      if (acl.places !== undefined) placeLine(acl.places, read);
    },
    bind([, name, ...rest]) {
      if (name === undefined) return;
      // The list may be defined after its use; one that never is has no rules.
      const direction = rest[0] === "out" ? "out" : "in";
      const where = rest.indexOf("interface");
      const interfaceName = where < 0 ? undefined : rest[where + 1];
      named(name, Number.MAX_SAFE_INTEGER).bindings.push({
        direction,
        ...(interfaceName === undefined ? {} : { interface: interfaceName }),
      });
    },
  };
}

function readLine(words: readonly string[], { raw, line }: AclPlace): AclLine {
  const appended = words.findIndex((word) => word.startsWith("(hitcnt=") || /^0x[0-9a-f]{6,}$/i.test(word));
  const shown = words.slice(appended < 0 ? words.length : appended);
  const own = appended < 0 ? words : words.slice(0, appended);
  const marks = own.filter((word) => word === "(inactive)");
  return {
    words: marks.length === 0 ? own : own.filter((word) => word !== "(inactive)"),
    text: quotable(raw),
    line,
    inactive: marks.length > 0 || shown.includes("(inactive)"),
    expanded: [],
  };
}

function removeLine(acl: Acl, { words }: AclLine): void {
  if (acl.places === undefined) {
    const places = new Map<string, AclLine[]>();
    for (const line of acl.lines) if (line !== undefined) placeLine(places, line);
    acl.places = places;
  }
  const found = acl.places.get(words.join(" "))?.shift();
  if (found === undefined) return;
  acl.lines[acl.lines.indexOf(found)] = undefined;
  acl.size--;
}

function placeLine(places: Map<string, AclLine[]>, line: AclLine): void {
  const key = line.words.join(" ");
  const same = places.get(key);
  if (same === undefined) places.set(key, [line]);
  else same.push(line);
}
