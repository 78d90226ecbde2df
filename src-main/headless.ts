/** The same PACS without a window of its own: in plain Node, with the window in the browser. */
import { readArguments, usage } from './arguments.ts';
import { requireNode } from './require-node.ts';

requireNode();

const ownUsage = `Usage: headless ${usage} [--window DIR] [--origin URL]`;

async function main(): Promise<void> {
  const { help, file, overrides, unknown, more } = readArguments(process.argv.slice(2), ['window', 'origin']);
  if (help) return console.log(ownUsage);
  if (unknown.length > 0) throw new Error(`There is no option ${unknown.join(', ')}.\n${ownUsage}`);
  const [windowFolder, windowOrigins] = [more['window']?.at(-1), more['origin'] ?? []];
  const [{ loadConfiguration }, { openPacs }, { consoleLog }] = await Promise.all([
    import('./configuration.ts'),
    import('./pacs.ts'),
    import('./log.ts'),
  ]);
  const { settings, warnings } = await loadConfiguration(file, process.env, overrides);
  for (const warning of warnings) consoleLog('warn', warning);
  const pacs = await openPacs({ settings, warnings, windowFolder, windowOrigins, log: consoleLog });
  const { dicomPort, dicomTlsPort, httpPort, endpoint } = pacs;
  const window = `${endpoint.url}/#token=${endpoint.token}`;
  console.log(JSON.stringify({ ready: true, dicomPort, dicomTlsPort, httpPort, window }));
  stopOnSignals(() => pacs.stop());
}

/* The first signal ends cleanly, a second one at once. */
function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      void stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
