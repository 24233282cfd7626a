/** Type-checks the programs of the docs against the package as it is installed, all in one go and without files. */
import { join } from "node:path";
import ts from "typescript";
import type { Block } from "./pages";

/** What a block without imports may take for granted; a page shows it once and then goes on. */
const usual = [
  'import * as pulumi from "@pulumi/pulumi";',
  'import * as msem from "pulumi-msem";',
  "const config = new pulumi.Config();",
];

const options: ts.CompilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  skipLibCheck: true,
  noEmit: true,
  types: ["node"],
};

/** @returns every mistake, as `docs/ci.md:12: what` */
export function typeProblems(blocks: readonly Block[], root: string): string[] {
  const programs = new Map(blocks.map((block, index) => [join(root, `docs-block-${index}.ts`), programOf(block)]));
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.getCurrentDirectory = () => root;
  host.fileExists = (path) => programs.has(path) || fileExists(path);
  host.readFile = (path) => programs.get(path)?.text ?? readFile(path);
  host.getSourceFile = (path, language, ...rest) => {
    const own = programs.get(path);
    return own === undefined
      ? getSourceFile(path, language, ...rest)
      : ts.createSourceFile(path, own.text, language, true);
  };
  const program = ts.createProgram([...programs.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map((one) => describe(one, programs));
}

interface Program {
  readonly block: Block;
  readonly text: string;
  /** Lines before the block's own. */
  readonly before: number;
}

function programOf(block: Block): Program {
  const complete = /^import /m.test(block.text);
  const declared = new Set([...block.text.matchAll(/^(?:export )?const (\w+)/gm)].map(([, name]) => name));
  const before = [
    ...(complete ? [] : usual.filter((line) => !declared.has(/^const (\w+)/.exec(line)?.[1]))),
    ...(block.given === undefined ? [] : [block.given]),
  ];
  return { block, text: [...before, block.text, ""].join("\n"), before: before.length };
}

function describe(diagnostic: ts.Diagnostic, programs: ReadonlyMap<string, Program>): string {
  const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
  const own = diagnostic.file === undefined ? undefined : programs.get(diagnostic.file.fileName);
  if (own === undefined || diagnostic.file === undefined) return `${diagnostic.file?.fileName ?? ""} ${message}`;
  const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
  return `${own.block.page}:${own.block.line + line - own.before}: ${message}`;
}
