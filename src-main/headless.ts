/** The same PACS without a window of its own: in plain Node, with the window in the browser. */
import { parseArgs } from 'node:util';
import { requireNode } from './require-node.ts';

requireNode();

const usage = `Usage: headless [CONFIGURATION.json] [--data DIR] [--dicom-port N] [--http-port N] [--window DIR] [--origin URL]`;

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      'dicom-port': { type: 'string' },
      'http-port': { type: 'string' },
      window: { type: 'string' },
      origin: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const port = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
  return {
    help: values.help ?? false,
    file: positionals[0],
    overrides: { data: values.data, dicomPort: port(values['dicom-port']), httpPort: port(values['http-port']) },
    windowFolder: values.window,
    windowOrigins: values.origin ?? [],
  };
}

async function main(): Promise<void> {
  const { help, file, overrides, windowFolder, windowOrigins } = readArguments();
  if (help) return console.log(usage);
  const [{ loadConfiguration }, { openPacs }, { consoleLog }] = await Promise.all([
    import('./configuration.ts'),
    import('./pacs.ts'),
    import('./log.ts'),
  ]);
  const { settings, warnings } = await loadConfiguration(file, process.env, overrides);
  for (const warning of warnings) consoleLog('warn', warning);
  const pacs = await openPacs({ settings, warnings, windowFolder, windowOrigins, log: consoleLog });
  const { dicomPort, httpPort, endpoint } = pacs;
  const window = `${endpoint.url}/#token=${endpoint.token}`;
  console.log(JSON.stringify({ ready: true, dicomPort, httpPort, window }));
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
