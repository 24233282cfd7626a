/**
 * Replaces what stands between `<!-- name:begin -->` and `<!-- name:end -->`; the rest of the file is somebody's prose.
 *
 * @param file its name, for the message
 * @throws when the file or one of its two markers is missing
 */
export function replaceBetween(file: string, content: string | undefined, name: string, generated: string): string {
  const begin = `<!-- ${name}:begin -->`;
  const end = `<!-- ${name}:end -->`;
  const from = content?.indexOf(begin) ?? -1;
  const to = content?.indexOf(end, from) ?? -1;
  if (content === undefined || from === -1 || to === -1) {
    throw new Error(`${file} must exist and hold the markers ${begin} and ${end}, in this order`);
  }
  return `${content.slice(0, from + begin.length)}\n\n${generated.trim()}\n\n${content.slice(to)}`;
}
