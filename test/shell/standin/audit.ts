/** What the stand-in noticed: faults of the application, and what it asked the system to do. Tests read it. */

/** The findings, as `globalThis.standin` in the main process. */
export interface Findings {
  /** Insecure or missing settings; a good application has none. */
  readonly audit: string[];
  /** Addresses outside this computer that the page asked for. */
  readonly blocked: string[];
  /** Paths given to shell.openPath. */
  readonly opened: string[];
  /** Permissions that the handlers refused. */
  readonly denied: string[];
}

/** The findings of this process. */
export const findings: Findings = { audit: [], blocked: [], opened: [], denied: [] };
Object.assign(globalThis, { standin: findings });

/** Notes a fault of the application, once. */
export function fault(sentence: string): void {
  if (!findings.audit.includes(sentence)) findings.audit.push(sentence);
}
