/** The model of a PAN-OS configuration, from what a parser has put into the store. */
import type { Model, noteCollector } from "../../core/allowlist/index";
import { setsOf } from "./addresses";
import { ruleListsOf } from "./rules";
import { scopesOf } from "./scopes";
import type { Store } from "./store";

export function modelOf(store: Store, notes: ReturnType<typeof noteCollector>, file: string, vendor: string): Model {
  const context = { scopes: scopesOf(store), notes };
  const sets = [...store.scopes()].flatMap((scope) => setsOf(scope, context));
  return { file, vendor, sets, ruleLists: ruleListsOf(store, context), notes: notes.notes() };
}
