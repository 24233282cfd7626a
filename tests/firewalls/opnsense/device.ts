/** What OPNsense makes of the API calls that are rendered: lines of one alias, and nothing else. */

export function runCalls(config: string, script: string): string {
  const name = /^alias='([^']*)'$/m.exec(script)?.[1];
  if (name === undefined) throw new Error(`no alias in\n${script}`);
  const at = config.indexOf(`<name>${name}</name>`);
  if (at < 0) return config;
  const from = config.indexOf("<content>", at) + "<content>".length;
  const end = config.indexOf("</content>", from);
  const items = config
    .slice(from, end)
    .split(/\r\n|\n|\r/)
    .filter((item) => item !== "");
  for (const [, verb, address] of script.matchAll(/^send (add|delete) '([^']*)'$/gm) as Iterable<string[]>) {
    if (verb === "add") {
      if (/[^0-9a-f:./_]/.test(address as string)) throw new Error(`${address} is not an address`);
      if (!items.includes(address as string)) items.push(address as string);
    } else {
      const place = items.indexOf(address as string);
      if (place >= 0) items.splice(place, 1);
    }
  }
  return config.slice(0, from) + items.join("\n") + config.slice(end);
}
