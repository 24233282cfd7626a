/**
 * Values that the engine does not know yet. In a preview they stand anywhere in the inputs, also for a whole map; they
 * are passed on untouched and never sent anywhere. The texts are the engine's own and part of its wire format.
 */
const unknowns: ReadonlySet<unknown> = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9", // string, and whatever the Node SDK does not know
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** True for a value that only a later step of the engine will know. */
export function isUnknown(value: unknown): boolean {
  return unknowns.has(value);
}
