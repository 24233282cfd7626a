/** Every product whose arrival in the exposure graph has a documented query: one line each. No other is guessed at. */
import type { IngestionSource } from "../core/ingestion";
import { qualysIngestion } from "./qualys/ingestion";
import { rapid7Ingestion } from "./rapid7/ingestion";
import { serviceNowIngestion } from "./servicenow/ingestion";
import { tenableIngestion } from "./tenable/ingestion";

export const ingestions: readonly IngestionSource[] = [
  serviceNowIngestion,
  qualysIngestion,
  rapid7Ingestion,
  tenableIngestion,
];
