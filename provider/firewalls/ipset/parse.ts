/** Sets of addresses of the Linux kernel, as `ipset save` prints them. Rules that use them are in another file. */
import { type Model, noteCollector } from "../../core/allowlist/index";
import { eachLine } from "../lines";
import { ipsetStore } from "./store";

export function parseIpset(text: string, file: string): Model {
  const notes = noteCollector();
  const store = ipsetStore(notes);
  eachLine(text, (raw, line) => {
    const content = raw.trim();
    if (content === "" || content.startsWith("#") || content === "COMMIT") return;
    if (!store.read(content, line)) notes.add(line, `not understood: ${content.slice(0, 80)}`);
  });
  return { file, vendor: "ipset", sets: store.sets(), ruleLists: [], notes: notes.notes() };
}
