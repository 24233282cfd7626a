/** The two files of an import: one for `pulumi import --file`, one for the program. */
import { type Code, print } from "./code";
import type { Found } from "./model";
import { namesWith } from "./names";
import type { Home } from "./stack";

/** Names of the files in the chosen folder. */
export const fileNames = { resources: "import.json", program: "imported.ts" } as const;

/** A `msem.Provider` of the stack that the resources belong to. */
export interface ChosenProvider {
  readonly name: string;
  readonly urn: string;
}

/**
 * What `pulumi import --file` takes. Inputs and outputs stand in it, both with the provider's constant text: with them
 * the engine reads nothing, which for a dynamic resource it could not.
 */
export function importFile(found: readonly Found[], provider: ChosenProvider | undefined): string {
  const take = namesWith(
    "-",
    found.map(({ logicalName }) => logicalName),
  );
  const key = provider === undefined ? undefined : take(provider.name);
  const document = {
    ...(provider === undefined || key === undefined ? {} : { nameTable: { [key]: provider.urn } }),
    resources: found.map(({ className, logicalName, id, inputs, outputs }) => {
      const __provider = `exports.handler = () => require("pulumi-msem/runtime").${className};`;
      return {
        type: `pulumi-nodejs:dynamic/msem:${className}`,
        name: logicalName,
        id,
        ...(key === undefined ? {} : { provider: key }),
        inputs: { ...inputs, __provider },
        outputs: { ...outputs, __provider },
      };
    }),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** The program that declares the same. */
export function program(found: readonly Found[], { stack }: Pick<Home, "stack">, provider: boolean): string {
  const declarations = found.map((one) => declaration(one, provider));
  const configured = found.some(({ needs }) => needs.some(({ kind }) => kind !== "environment"));
  const imports = [
    ...(configured ? ['import * as pulumi from "@pulumi/pulumi";'] : []),
    'import * as msem from "pulumi-msem";',
  ];
  const parts = [
    `// Written by \`msem import\` of what existed, for stack ${stack}. It is yours now: change it as you like.`,
    imports.join("\n"),
    ...(configured ? ["const config = new pulumi.Config();"] : []),
    ...(provider ? [inFunction(found, declarations)] : declarations.map((text) => `export ${text}`)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function declaration({ className, identifier, logicalName, args }: Found, provider: boolean): string {
  const given = [JSON.stringify(logicalName), ...argumentsOf(args, provider)];
  return `const ${identifier} = new msem.${className}(${given.join(", ")});`;
}

function argumentsOf(args: Code, provider: boolean): string[] {
  if (provider) return [print(args), "{ provider }"];
  return Object.keys(args).length === 0 ? [] : [print(args)];
}

function inFunction(found: readonly Found[], declarations: readonly string[]): string {
  const body = declarations.join("\n\n").replace(/^(?=.)/gm, "  ");
  const result = found.map(({ identifier }) => `    ${identifier},\n`).join("");
  return [
    "/** Call it with the provider that the resources were imported for. */",
    "export function imported(provider: msem.Provider) {",
    body,
    "",
    `  return {\n${result}  };`,
    "}",
  ].join("\n");
}
