/** A configuration as it reaches the provider: text, or an asset in the engine's wire form, which is not unpacked for us. */
import { isRecord } from "../core/connector/inputs";

/** Marks of the engine's wire format. */
const signature = "4dabf18193072939515e22adb298388d";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";

/** What a configuration argument holds. */
export type ConfigSource =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "other"; readonly why: string };

export function configSource(value: unknown): ConfigSource {
  if (typeof value === "string") return { kind: "text", text: value };
  if (!isRecord(value) || value[signature] !== assetSignature) {
    return { kind: "other", why: "must be a FileAsset, a StringAsset, or text" };
  }
  const { text, path, uri } = value;
  if (typeof path === "string" && path !== "") return { kind: "file", path };
  if (typeof text === "string" && text !== "") return { kind: "text", text };
  if (typeof uri === "string" && uri !== "") {
    return { kind: "other", why: "is fetched from elsewhere; give a file, so that a preview needs no network" };
  }
  return { kind: "text", text: "" };
}
