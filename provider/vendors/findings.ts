/**
 * The query for findings of a scanner. Microsoft's pages give two generations of it (2024: who reported the finding;
 * 2025: the scanner's own report on an edge from a CVE); which one a tenant's graph follows is not told, so both count.
 */
export function findingsQuery(reporter: string): string {
  return [
    "ExposureGraphEdges",
    'where EdgeLabel == "affecting"',
    `where tostring(EdgeProperties.rawData.reportInfo.reportedBy) == "${reporter}" or (SourceNodeLabel == "Cve" and isnotempty(EdgeProperties.rawData.${reporter}ReportInfo))`,
    "count",
  ].join(" | ");
}
