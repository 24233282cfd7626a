/** How a demo tells its story: what it does, what it promises, and a non-zero end when a promise is broken. */

/** What the demo promised does not hold. */
export class Broken extends Error {}

export function say(text: string): void {
  console.log(text);
}

export function title(text: string): void {
  say(`\n=== ${text}`);
}

export function promise(kept: boolean, what: string): void {
  if (!kept) throw new Broken(`this should hold, and does not: ${what}`);
  say(`ok: ${what}`);
}

/** A broken promise ends in one line, anything else with its stack. */
export async function perform(story: () => Promise<void>): Promise<void> {
  try {
    await story();
  } catch (error) {
    console.error(
      `\nThe demo is broken: ${error instanceof Broken ? error.message : error instanceof Error ? error.stack : error}`,
    );
    process.exitCode = 1;
  }
}
