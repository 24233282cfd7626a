/** Writes TypeScript. Texts of a service stand in it as string literals only. */

/** An expression as it is written, or an object of such. */
export type Code = Expression | { readonly [property: string]: Code };

export interface Expression {
  readonly code: string;
}

export function expression(code: string): Expression {
  return { code };
}

/** Any JSON value. */
export function literal(value: unknown): Code {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, literal(inner)]));
  }
  return expression(Array.isArray(value) ? `[${value.map(inline).join(", ")}]` : inline(value));
}

function inline(value: unknown): string {
  return JSON.stringify(value);
}

/** `{ kind: "basic" }` where it fits into a line, else one property a line. */
export function print(code: Code, indent = ""): string {
  if (isExpression(code)) return code.code;
  const entries = Object.entries(code);
  if (entries.length === 0) return "{}";
  const deeper = `${indent}  `;
  const printed = entries.map(([name, value]) => `${property(name)}: ${print(value, deeper)}`);
  const [only, ...more] = printed;
  if (only !== undefined && more.length === 0 && !only.includes("\n") && only.length + indent.length < 80) {
    return `{ ${only} }`;
  }
  return `{\n${printed.map((line) => `${deeper}${line},\n`).join("")}${indent}}`;
}

function property(name: string): string {
  // Written plainly it would set the prototype.
  if (name === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : JSON.stringify(name);
}

function isExpression(code: Code): code is Expression {
  return typeof code.code === "string";
}
