/** The frames of a series for the window: one streamed body of pixel records, as src-shared/pixel-stream.ts defines them. */
import { PacsError } from '#shared/errors.ts';
import { encodeRecordHead, framesOutward } from '#shared/pixel-stream.ts';
import type { Log } from '../log.ts';
import { seriesTag } from '../series-tag.ts';
import type { StoredFile } from '../store/store.ts';
import { mapAhead } from './ahead.ts';
import { streamed } from './body.ts';
import type { Pixels, WebDeps } from './deps.ts';
import { errorForOutside } from './error-body.ts';
import type { Handler } from './routes.ts';
import { filesOf, windowScopeOf } from './scope.ts';

const framesAtOnce = 6;
const bytesAhead = 64 * 2 ** 20;

/** One frame of a series: the file it lies in and its number there, from 0. */
interface SeriesFrame {
  readonly file: StoredFile;
  readonly frame: number;
}

/** Frames of the files counted through in their order, each made when asked for: files may claim millions. */
interface SeriesFrames {
  readonly count: number;
  at(number: number): SeriesFrame;
}

function seriesFrames(files: readonly StoredFile[]): SeriesFrames {
  let count = 0;
  const starts = files.map(({ NumberOfFrames }) => (count += NumberOfFrames) - NumberOfFrames);
  return {
    count,
    at: (number) => {
      // The last that begins here or before: files without frames begin where the next one does.
      let [low, high] = [0, files.length - 1];
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((starts[middle] as number) <= number) low = middle;
        else high = middle - 1;
      }
      return { file: files[low] as StoredFile, frame: number - (starts[low] as number) };
    },
  };
}

type Record = readonly [head: Uint8Array, body: Uint8Array];

/** The record of one frame; what cannot be decoded becomes an error record with the sentence. */
async function recordOf(pixels: Pixels, { file, frame }: SeriesFrame, number: number, log: Log): Promise<Record> {
  try {
    const { kind, rows, columns, bytes } = await pixels.frame(file.path, frame);
    return [encodeRecordHead({ frame: number, kind, rows, columns, length: bytes.byteLength }), bytes];
  } catch (error) {
    const body = Buffer.from(errorForOutside(error, log).message, 'utf8');
    return [encodeRecordHead({ frame: number, kind: 'error', rows: 0, columns: 0, length: body.length }), body];
  }
}

async function* records(frames: SeriesFrames, first: number, { pixels, log }: WebDeps) {
  if (frames.count === 0) return;
  const order = framesOutward(frames.count, first);
  const make = (number: number) => recordOf(pixels, frames.at(number), number, log);
  const bounds = { depth: framesAtOnce, bytes: bytesAhead, sizeOf: ([, body]: Record) => body.byteLength };
  for await (const [head, body] of mapAhead(order, make, bounds)) {
    yield head;
    yield body;
  }
}

/** Answers `GET /window/pixels/:study/:series?first=N[&tag=][&patient=]`, N counting from 0; `tag` as SeriesView gives it. */
export const answerPixels =
  (deps: WebDeps): Handler =>
  async (c) => {
    const files = await filesOf(deps.store, windowScopeOf(c));
    const tag = c.req.query('tag');
    if (tag !== undefined && tag !== seriesTag(files))
      throw new PacsError('mismatch', 'The series has changed since it was opened.');
    const frames = seriesFrames(files);
    const first = Number(c.req.query('first') ?? 0);
    // A series without frames is an empty stream, whose first is 0 as well.
    if (!Number.isInteger(first) || first < 0 || first >= Math.max(1, frames.count))
      throw new PacsError('bad-request', 'The parameter first is not a frame of this series.');
    return new Response(streamed(records(frames, first, deps)), {
      headers: { 'Content-Type': 'application/octet-stream', 'Cache-Control': 'no-store' },
    });
  };
