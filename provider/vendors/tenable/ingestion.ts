import { defineIngestion } from "../../core/ingestion";
import { findingsQuery } from "../findings";

/** Vulnerabilities that Tenable found on an asset. */
export const tenableIngestion = defineIngestion({
  type: "tenable",
  product: "Tenable",
  evidence: "finding",
  query: findingsQuery("tenable"),
  documentationUrl: "https://learn.microsoft.com/security-exposure-management/tenable-data-connector",
  source: "Microsoft Learn, Tenable data connector, advanced hunting queries of 2024 and 2025",
});
