export const REPORTERS = ['pretty', 'json', 'junit', 'github', 'markdown', 'csv'] as const;

export type ReporterName = (typeof REPORTERS)[number];
