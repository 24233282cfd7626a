/** A table has no commands: a change is the plain list's lines with `+` and `-`. A full list has one column. */
import type { Format } from "../../core/allowlist/index";
import { renderText } from "../text/render";

export const renderCsv: Format["render"] = {
  ...renderText,
  full: (list) => `prefix\n${renderText.full(list)}`,
};
