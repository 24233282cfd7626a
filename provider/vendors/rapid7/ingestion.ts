import { defineIngestion } from "../../core/ingestion";
import { findingsQuery } from "../findings";

/** Vulnerabilities that Rapid7 found on an asset. */
export const rapid7Ingestion = defineIngestion({
  type: "rapid7",
  product: "Rapid7",
  evidence: "finding",
  query: findingsQuery("rapid7"),
  documentationUrl: "https://learn.microsoft.com/security-exposure-management/rapid7-data-connector",
  source: "Microsoft Learn, Rapid7 data connector, advanced hunting queries of 2024 and 2025",
});
