/** What pfSense makes of the PHP that is rendered: the alias's addresses and details, and nothing else. */

export function runPhp(config: string, php: string): string {
  const name = /^\$name = '((?:[^'\\]|\\.)*)';$/m.exec(php)?.[1];
  const words = (variable: string): string[] => {
    const list = new RegExp(`^\\$${variable} = \\[\\n((?: {2}'[^']*',\\n)*)\\];$`, "m").exec(php)?.[1];
    if (list === undefined) throw new Error(`no $${variable} in\n${php}`);
    return [...list.matchAll(/'([^']*)'/g)].map((match) => match[1] as string);
  };
  if (name === undefined) throw new Error(`no name in\n${php}`);
  const [add, remove] = [words("add"), words("remove")];
  const at = config.indexOf(`<name>${name}</name>`);
  if (at < 0) return config;
  const end = config.indexOf("</alias>", at);
  const alias = config.slice(at, end);
  const addresses = (/<address>([^<]*)<\/address>/.exec(alias)?.[1] ?? "").split(/\s+/).filter((word) => word !== "");
  const written = /<detail>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?<\/detail>/.exec(alias)?.[1] ?? "";
  const details = addresses.map((_, index) => written.split("||")[index] ?? "");
  for (const address of add) {
    addresses.push(address);
    details.push("pulumi-msem");
  }
  for (const address of remove) {
    const place = addresses.indexOf(address);
    if (place < 0) continue;
    addresses.splice(place, 1);
    details.splice(place, 1);
  }
  const body = alias
    .replace(/\s*<detail>.*?<\/detail>/, "")
    .replace(/<address>[^<]*<\/address>/, () => `<address>${addresses.join(" ")}</address>`)
    .concat(`<detail><![CDATA[${details.join("||")}]]></detail>`);
  return config.slice(0, at) + body + config.slice(end);
}
