import { defineIngestion } from "../../core/ingestion";

/** Assets that Qualys knows by an id of its own. */
export const qualysIngestion = defineIngestion({
  type: "qualys",
  product: "Qualys",
  evidence: "asset",
  query: 'ExposureGraphNodes | where EntityIds contains ("QualysAssetId") | count',
  documentationUrl: "https://learn.microsoft.com/security-exposure-management/qualys-data-connector",
  source: "Microsoft Learn, Qualys data connector, advanced hunting query",
});
