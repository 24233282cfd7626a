/** Loaded before a command: leaves the peak of its memory, in MB, in the file that MSEM_BENCH_PEAK names. */
import { writeFileSync } from "node:fs";

process.on("exit", () => writeFileSync(process.env.MSEM_BENCH_PEAK, String(process.resourceUsage().maxRSS / 1024)));
