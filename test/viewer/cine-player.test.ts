/** The player of clips, over animation frames that the test makes. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCinePlayer } from '#window/viewer/cine-player.ts';

let next: FrameRequestCallback | undefined;

const tick = (now: number): void => {
  const callback = next;
  next = undefined;
  callback?.(now);
};

beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => {
    next = callback;
    return 1;
  });
  vi.stubGlobal('cancelAnimationFrame', () => (next = undefined));
});

afterEach(() => vi.unstubAllGlobals());

describe('a clip', () => {
  const clip = { first: 5, count: 10, frameTimes: [40] };

  it('begins with the frame it is asked to begin with, though the first tick lies in the past', () => {
    const shown: number[] = [];
    const player = createCinePlayer((index) => shown.push(index) > 0);
    player.play(clip, 5, 1);
    const before = performance.now() - 30;
    tick(before);
    tick(before + 39);
    tick(before + 41);
    player.play(clip, 8, 2);
    tick(before);
    tick(before + 21);
    expect(shown).toEqual([5, 6, 8, 9]);
  });

  it('shows the frame that is due as soon as the screen is free, and nothing after it was stopped', () => {
    const asked: number[] = [];
    let isFree = false;
    const player = createCinePlayer((index) => {
      asked.push(index);
      return isFree;
    });
    player.play(clip, 5, 1);
    tick(0);
    isFree = true;
    tick(100);
    tick(101);
    player.stop();
    tick(500);
    expect(asked).toEqual([5, 7]);
    expect(player.isPlaying()).toBe(false);
  });
});
