/** The calls of programs that stand in the docs: in shell blocks, behind prompts, in pipelines. */
import { parseAllDocuments } from "yaml";
import { parsed } from "./msem";
import type { Block } from "./pages";
import { scriptsOf } from "./pipelines";
import { type Command, commandsOf } from "./shell";
import { handedOn, toolProblem } from "./tools";

/** Where something stands, as editors take it. */
export function place({ page, line }: Pick<Block, "page" | "line">, offset = 0): string {
  return `${page}:${line + offset}`;
}

/** A shell script of a page, with where its first line stands. */
export interface Script {
  readonly page: string;
  readonly line: number;
  readonly text: string;
}

/** Of a console block the lines behind `$ `, with those that continue them; its output is not for a shell. */
function typedIn(block: Block): string {
  let continued = false;
  return block.text
    .split("\n")
    .map((line) => {
      const typed = continued ? line : line.startsWith("$ ") ? line.slice(2) : "";
      continued = typed.endsWith("\\");
      return typed;
    })
    .join("\n");
}

export function yamlOf(block: Block): unknown[] {
  return parseAllDocuments(block.text).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${place(block)}: ${error.message}`);
    return document.toJS() as unknown;
  });
}

export function scriptsIn(among: readonly Block[]): Script[] {
  return among.flatMap((block) => {
    const { page, line, language, text } = block;
    if (language === "sh") return [{ page, line, text }];
    if (language === "console") return [{ page, line, text: typedIn(block) }];
    if (language !== "yaml") return [];
    return yamlOf(block)
      .flatMap((document) => scriptsOf(document))
      .map((script) => ({ page, line, text: script }));
  });
}

export interface Call extends Command {
  readonly where: string;
}

export function callsOf(among: readonly Block[]): Call[] {
  return scriptsIn(among).flatMap(({ page, line, text }) =>
    commandsOf(text).map((command) => {
      const [first, ...rest] = command.words;
      return { ...command, words: first === "npx" ? rest : command.words, where: place({ page, line }, command.line) };
    }),
  );
}

/** What the real command line says against every call of ours. */
export function msemProblems(calls: readonly Call[], root: string): string[] {
  const lists = calls.flatMap((call) => [
    ...(call.words[0] === "msem" ? [{ call, args: call.words.slice(1) }] : []),
    ...handedOn(call).map((args) => ({ call, args })),
  ]);
  const answers = parsed(
    lists.map(({ args }) => args),
    root,
  );
  return lists.flatMap(({ call, args }, index) =>
    answers[index] === undefined ? [] : [`${call.where}: msem ${args.join(" ")}: ${answers[index]}`],
  );
}

export function toolProblems(calls: readonly Call[], root: string): string[] {
  return calls
    .filter(({ words: [program] }) => program !== undefined && program !== "msem")
    .flatMap((call) => {
      const problem = toolProblem(call, root);
      return problem === undefined ? [] : [`${call.where}: ${problem}`];
    });
}
