/** What the application's package.json says, kept for the parts that Electron derives from it. */

/** The application that is run. */
export interface AppPackage {
  readonly folder: string;
  readonly name: string;
  readonly productName?: string;
  readonly version?: string;
}

let described: AppPackage | undefined;

/** Says which application is run; once, before anything else. */
export const describeApp = (app: AppPackage): void => void (described = app);

/** The application that is run. */
export function appPackage(): AppPackage {
  if (!described) throw new Error('the stand-in was not started by boot.ts');
  return described;
}
