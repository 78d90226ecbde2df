/** electron-builder.yml against electron-builder's own schema, offline. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type BuilderConfiguration, readBuilderConfiguration, validate } from './support/builder-configuration.ts';

describe('electron-builder.yml', () => {
  let configuration: BuilderConfiguration;
  beforeAll(async () => {
    configuration = await readBuilderConfiguration();
  });

  it('fits the schema', async () => {
    await expect(validate(configuration)).resolves.toBeUndefined();
  });

  it.each([
    ['an unknown option', { asarUnpak: [] }],
    ['an unknown fuse', { electronFuses: { runAsNod: false } }],
    ['a wrong type', { npmRebuild: 'no' }],
    ['a wrong type further down', { nsis: { oneClick: 'yes' } }],
    ['an option of another system', { linux: { hardenedRuntime: true } }],
  ])('would be refused with %s', async (_what, bad) => {
    await expect(validate({ ...configuration, ...bad })).rejects.toThrow(/unknown|should be/);
  });

  it('names the installers of the three systems', () => {
    const { win, mac, linux } = configuration;
    expect([win.target, mac.target, linux.target]).toEqual([['nsis'], ['dmg'], ['AppImage', 'deb']]);
  });
});
