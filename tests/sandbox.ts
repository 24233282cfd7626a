/**
 * Runs before each test file. jest gives tests a copy of `process`; there a property that Node computes once is
 * computed at every read, and the HTTP library reads it at every request: a tenth of the time of a test full of calls.
 */
Object.defineProperty(process, "allowedNodeEnvironmentFlags", { value: process.allowedNodeEnvironmentFlags });
