import { defineIngestion } from "../../core/ingestion";

/** Assets that carry what the CMDB says of them. */
export const serviceNowIngestion = defineIngestion({
  type: "serviceNow",
  product: "ServiceNow CMDB",
  evidence: "asset",
  query: 'ExposureGraphNodes | where NodeProperties contains ("serviceNowCmdbAssetInfo") | count',
  documentationUrl: "https://learn.microsoft.com/security-exposure-management/servicenow-data-connector",
  source: "Microsoft Learn, ServiceNow data connector, advanced hunting query",
});
