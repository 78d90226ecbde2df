/** The sample studies as files: valid for other programs, the same each time, one by one. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateCtSeries } from '#main/samples/ct-series.ts';
import { generateSamples } from '#main/samples/generate-samples.ts';
import type { SampleFile, SampleOptions } from '#main/samples/sample-study.ts';
import { sampleNames } from '#main/samples/sample-study.ts';
import { sampleCount, streamSamples } from '#main/samples/stream-samples.ts';
import { generateTinyInstance } from '#main/samples/tiny-instance.ts';

const now = new Date(2026, 4, 20, 12);
const installed = (tool: string): boolean => !spawnSync(tool, ['--version']).error;
const tools = ['dciodvfy', 'dcmdump', 'dcmdjpeg'].filter((tool) => !installed(tool));
const toolsNote = tools.length ? ` (left out: ${tools.join(', ')} not installed)` : '';

const folder = mkdtempSync(join(tmpdir(), 'samples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Made in their thread, which runs outside the test runner's transforms and so at full speed. */
const samples: SampleFile[] = [];
beforeAll(async () => {
  for await (const file of streamSamples({ now })) samples.push(file);
});

async function collected(files: AsyncIterable<SampleFile>): Promise<string[]> {
  const found = [];
  for await (const { name, bytes } of files) found.push(digest(name, bytes));
  return found;
}

const digest = (name: string, bytes: Uint8Array): string => `${name} ${createHash('sha1').update(bytes).digest('hex')}`;

const uidsIn = (bytes: Uint8Array): string[] =>
  Buffer.from(bytes.subarray(0, 4096))
    .toString('latin1')
    .match(/2\.25\.\d{30,}/g) ?? [];

describe.skipIf(tools.length > 0)(`samples for other programs${toolsNote}`, () => {
  const paths: string[] = [];
  const keep = (name: string, bytes: Uint8Array): void => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    paths.push(path);
  };

  beforeAll(() => {
    for (const { name, bytes } of samples) keep(name, bytes);
    for (const { name, bytes } of generateCtSeries({ slices: 2, rows: 64, columns: 64 })) keep(name, bytes);
    keep('tiny.dcm', generateTinyInstance());
  });

  const dump = (name: string, ...options: string[]): string =>
    execFileSync('dcmdump', ['-q', ...options, join(folder, name)], { encoding: 'utf8', maxBuffer: 1 << 26 });

  it('are valid objects of their classes, without errors or warnings', () => {
    expect(paths).toHaveLength(sampleCount() + 3);
    for (const path of paths) {
      const { stdout, stderr } = spawnSync('dciodvfy', [path], { encoding: 'utf8' });
      expect((stdout + stderr).match(/^(Error|Warning).*$/gm) ?? [], path).toEqual([]);
    }
  }, 120_000);

  it('tell that their patients do not exist, in three scripts', () => {
    const names = {
      'cone-beam/001': 'Beispiel^Käthe',
      'panoramic/1': 'Mihon^Hanako=見本^花子=みほん^はなこ',
      'full-mouth/01': 'Sample^Alex',
    };
    for (const [name, patient] of Object.entries(names)) {
      const text = dump(`${name}.dcm`);
      expect(text).toContain(`[${patient}]`);
      expect(text).toContain('This patient does not exist.');
      expect(text).toContain('[Chairside samples]');
      expect(text).toMatch(/\(0010,0020\) LO \[SAMPLE-\d\]/);
    }
    expect(dump('cone-beam/001.dcm', '+P', 'StudyDate')).toContain('[20260519]');
  });

  it('have a clip of whole beats in JPEG baseline that DCMTK decodes, calibrated in cm', () => {
    const text = dump('ultrasound/1.dcm');
    expect(text).toContain('=JPEGBaseline');
    expect(text).toContain('(0018,1063) DS [33.333333]');
    expect(text).toContain('(0028,0008) IS [60]');
    expect(text.match(/PhysicalUnits[XY]Direction/g)).toHaveLength(2);
    expect(text.match(/US 3 .*PhysicalUnits/g)).toHaveLength(2);
    expect(text.match(/FD 0\.04 .*PhysicalDelta/g)).toHaveLength(2);
    execFileSync('dcmdjpeg', [join(folder, 'ultrasound/1.dcm'), join(folder, 'plain.dcm')]);
    expect(dump('plain.dcm', '+P', 'PixelData')).toContain(`# ${60 * 640 * 480 * 3},`);
  });

  it('have teeth with their codes', () => {
    const text = dump('full-mouth/04.dcm');
    expect(text).toContain('[422653006]');
    expect(text).toContain('[424399000]');
  });
});

describe('samples', () => {
  it('are the same for the same seed and day', async () => {
    const which = ['panoramic', 'ultrasound'] as const;
    const before = samples.filter(({ name }) => /^(panoramic|ultrasound)/.test(name));
    expect(await collected(streamSamples({ which, now }))).toEqual(
      before.map(({ name, bytes }) => digest(name, bytes)),
    );
  });

  it('keep their UIDs on another day, so that adding them again makes no copies', async () => {
    const first = async (options: SampleOptions) => {
      for await (const { bytes } of streamSamples({ which: ['cone-beam'], ...options })) return bytes;
      return new Uint8Array();
    };
    const today = await first({ now });
    expect(uidsIn(today).length).toBeGreaterThanOrEqual(4);
    expect(Buffer.compare(today, samples[0]!.bytes)).toBe(0);
    const later = await first({ now: new Date(2027, 0, 1) });
    expect(uidsIn(later)).toEqual(uidsIn(today));
    expect(Buffer.compare(today, later)).not.toBe(0);
    expect(uidsIn(await first({ now, seed: 2 }))).not.toEqual(uidsIn(today));
    for (const uid of uidsIn(today)) expect(uid.length).toBeLessThanOrEqual(64);
  });

  it('come out of their thread as they are made here', async () => {
    const made = await collected(generateSamples({ which: ['panoramic'], now }));
    const { name, bytes } = samples.find((file) => file.name.startsWith('panoramic'))!;
    expect(made).toEqual([digest(name, bytes)]);
  });

  it('come one by one, and none stays in memory', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const alive: WeakRef<Uint8Array>[] = [];
    for await (const { bytes } of streamSamples({ which: ['cone-beam'], now })) {
      alive.push(new WeakRef(bytes));
      if (alive.length === 40) break;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    collect();
    expect(alive).toHaveLength(40);
    expect(alive.filter((file) => file.deref()).length).toBeLessThanOrEqual(3);
  });

  it('fail in words when their thread cannot make them', async () => {
    const wrong = { which: ['nothing'] } as unknown as SampleOptions;
    await expect(streamSamples(wrong).next()).rejects.toThrow();
    expect(sampleNames).not.toContain('nothing');
  });
});

describe('data for load tests', () => {
  it('makes CT slices of 512 KB that share their study by name', () => {
    const series = [...generateCtSeries({ slices: 3, study: 'one' })];
    expect(series).toHaveLength(3);
    for (const { bytes } of series) expect(bytes.length - 2 * 512 * 512).toBeLessThan(2048);
    const instances = new Set(series.flatMap(({ bytes }) => uidsIn(bytes)));
    const again = new Set([...generateCtSeries({ slices: 3, study: 'one' })].flatMap(({ bytes }) => uidsIn(bytes)));
    const other = [...generateCtSeries({ slices: 3, study: 'two' })].flatMap(({ bytes }) => uidsIn(bytes));
    expect(again).toEqual(instances);
    expect(
      other.some((uid) => uid !== uidsIn(series[0]!.bytes)[0] && instances.has(uid) && !uid.startsWith('2.25.309211')),
    ).toBe(false);
  });

  it('makes tiny instances of 8 KB', () => {
    const one = generateTinyInstance({ InstanceNumber: 7 });
    expect(one.length).toBeGreaterThan(7500);
    expect(one.length).toBeLessThan(8500);
    expect(Buffer.compare(one, generateTinyInstance({ InstanceNumber: 7 }))).toBe(0);
    const uids = uidsIn(one);
    const next = uidsIn(generateTinyInstance({ InstanceNumber: 8 }));
    expect(next.filter((uid) => uids.includes(uid)).length).toBe(uids.length - 2);
    const named = generateTinyInstance({ PatientName: 'Other^Name', StudyInstanceUID: '1.2.3' });
    expect(Buffer.from(named).includes('Other^Name')).toBe(true);
  });
});
