/** The import walls stand: forbidden imports are planted in a copy of the layout, and the linter must report each of them. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/instances.ts';
import { root } from '../support/shared-data.ts';

/** File, what it imports. */
const forbidden: readonly (readonly [string, string])[] = [
  ['src-shared/planted.ts', 'node:fs'],
  ['src-shared/planted.ts', '../src-main/log.ts'],
  ['src-main/planted.ts', 'electron'],
  ['src-main/planted.ts', './shell/main.ts'],
  ['src-main/dicom/planted.ts', '../store/store.ts'],
  ['src-main/samples/planted.ts', '../store/store.ts'],
  ['src-main/store/planted.ts', '../dimse/server.ts'],
  ['src-main/store/planted.ts', '../pacs.ts'],
  ['src-main/store/sqlite/planted.ts', '../../web/web.ts'],
  ['src-main/peers/planted.ts', '../web/web.ts'],
  ['src-main/people/planted.ts', 'electron'],
  ['src-main/worklist/planted.ts', '../dimse/mpps.ts'],
  ['src-main/jobs/planted.ts', '../dimse/client/store.ts'],
  ['src-main/records/planted.ts', '../jobs/jobs.ts'],
  ['src-main/network-jobs/planted.ts', '../web/web.ts'],
  ['src-main/dimse/planted.ts', '../web/web.ts'],
  ['src-main/web/planted.ts', '../dimse/server.ts'],
  ['src-main/shell/planted.ts', '../store/store.ts'],
  ['src-renderer/viewer/planted.ts', 'electron'],
  ['src-renderer/state/planted.ts', '#main/pacs.ts'],
  ['src-renderer/screens/planted.tsx', '../bridge/bridge.ts'],
  ['src-renderer/screens/planted.tsx', '@cornerstonejs/core'],
];
const allowed: readonly (readonly [string, string])[] = [
  ['src-main/store/planted.ts', '../dicom/values.ts'],
  ['src-main/dimse/planted.ts', '../store/store.ts'],
  ['src-main/network-jobs/planted.ts', '../dimse/client/store.ts'],
  ['src-main/shell/planted.ts', '../pacs.ts'],
  ['src-main/shell/planted.ts', 'electron'],
  ['src-renderer/state/planted.ts', '../bridge/bridge.ts'],
  ['src-renderer/screens/planted.tsx', '../state/studies-store.ts'],
];

const folder = temporaryFolder();
const place = (file: string, text: string): string => {
  const path = join(folder.path, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
};
const lint = (...files: string[]): string => {
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules/oxlint/bin/oxlint'), ...files], {
    cwd: folder.path,
    encoding: 'utf8',
  });
  return stdout + stderr;
};

beforeAll(() => copyFileSync(join(root, '.oxlintrc.json'), join(folder.path, '.oxlintrc.json')));
afterAll(() => folder.remove());

describe('the walls', () => {
  it.each(forbidden)('%s may not import %s', (file, target) => {
    expect(lint(place(file, `import { it } from '${target}';\n\nexport const used = it;\n`))).toContain(
      'no-restricted-imports',
    );
  });

  it.each(allowed)('%s may import %s', (file, target) => {
    const report = lint(place(file, `import { it } from '${target}';\n\nexport const used = it;\n`));
    expect(report).toMatch(/Found 0 warnings and 0 errors/);
  });

  it('a cycle is reported', () => {
    const [one, other] = [
      place('src-main/store/one.ts', "import { b } from './other.ts';\n\nexport const a = () => b;\n"),
      place('src-main/store/other.ts', "import { a } from './one.ts';\n\nexport const b = () => a;\n"),
    ];
    expect(lint(one, other)).toContain('no-cycle');
  });
});
