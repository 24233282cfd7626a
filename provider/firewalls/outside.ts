/** Names that zones towards the internet usually have: what tells directions apart where nothing else in a file does. */
export const usualOutside = /(untrust|outside|extern|internet|public|(^|[^a-z])(wan|isp)([^a-z]|$))/i;
