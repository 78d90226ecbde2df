/** The host of the WebAssembly codecs of dcmjs-codecs: IJG JPEG, CharLS, OpenJPEG, OpenJPH and libjxl behind one plain interface. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PacsError } from '#shared/errors.ts';

/** The operations of the module that are used. */
export type NativeOperation =
  | 'DecodeJpeg'
  | 'DecodeJpegLs'
  | 'DecodeJpeg2000'
  | 'DecodeHtJpeg2000'
  | 'DecodeJpegXl'
  | 'EncodeJpeg'
  | 'EncodeJpegLs'
  | 'EncodeJpeg2000'
  | 'EncodeHtJpeg2000'
  | 'EncodeJpegXl';

/** What the codec is told of the frame; for decoding these come from the codestream's own header, not from the data set. */
export interface NativeFrame {
  readonly columns: number;
  readonly rows: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly samplesPerPixel: number;
  readonly isSigned: boolean;
}

/** Settings of the encoders by the module's names, such as `Lossy`, `Quality`, `Predictor`. */
export type NativeParameters = Readonly<Record<string, number>>;

type Exports = Record<string, (...args: number[]) => number> & { readonly memory: { readonly buffer: ArrayBuffer } };

// The libraries of the core have no DOM, and Node's types leave WebAssembly to it.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: Record<string, object>) => { readonly exports: unknown };
};

/** Memory past which an instance is given up after use, so that one large frame does not keep its memory for ever. */
const keptMemory = 512 * 1024 * 1024;

let compiled: object | undefined;
let instance: Exports | undefined;
let sayings: string[] = [];
/** What the codecs remarked during the last operation, such as "Premature end of JPEG file". */
export const nativeRemarks = (): readonly string[] => sayings;

/**
 * Runs one operation over one frame and returns a copy of the result. A codec that fails, traps or runs out of memory is
 * thrown away with its memory, so nothing of a broken frame is ever seen by the next one.
 * @throws PacsError damaged
 */
export function runNative(
  operation: NativeOperation,
  frame: NativeFrame,
  input: Uint8Array,
  parameters: NativeParameters = {},
): Uint8Array {
  sayings = [];
  try {
    instance ??= instantiate();
    const result = operate(instance, operation, frame, input, parameters);
    if (instance.memory.buffer.byteLength > keptMemory) instance = undefined;
    return result;
  } catch (error) {
    instance = undefined;
    throw new PacsError('damaged', 'The compressed image data are damaged and cannot be decoded.', { cause: error });
  }
}

function operate(
  codec: Exports,
  operation: NativeOperation,
  frame: NativeFrame,
  input: Uint8Array,
  parameters: NativeParameters,
): Uint8Array {
  const call = (name: string, ...args: number[]): number => codec[name]!(...args);
  const [from, to] = operation.startsWith('Decode') ? ['Encoded', 'Decoded'] : ['Decoded', 'Encoded'];
  const role = operation.startsWith('Decode') ? 'Decoder' : 'Encoder';
  const context = call('CreateCodecsContext');
  const settings = call(`Create${role}Parameters`);
  describe(call, context, frame);
  for (const [name, value] of Object.entries(parameters)) call(`Set${name}`, settings, value);
  call(`Set${from}BufferSize`, context, input.length);
  new Uint8Array(codec.memory.buffer).set(input, call(`Get${from}Buffer`, context));
  call(operation, context, settings);
  const start = call(`Get${to}Buffer`, context);
  const result = new Uint8Array(codec.memory.buffer, start, call(`Get${to}BufferSize`, context)).slice();
  call(`Release${role}Parameters`, settings);
  call('ReleaseCodecsContext', context);
  return result;
}

function describe(call: (name: string, ...args: number[]) => number, context: number, frame: NativeFrame): void {
  call('SetColumns', context, frame.columns);
  call('SetRows', context, frame.rows);
  call('SetBitsAllocated', context, frame.bitsAllocated);
  call('SetBitsStored', context, frame.bitsStored);
  call('SetSamplesPerPixel', context, frame.samplesPerPixel);
  call('SetPixelRepresentation', context, frame.isSigned ? 1 : 0);
  call('SetPlanarConfiguration', context, 0);
  call('SetPhotometricInterpretation', context, frame.samplesPerPixel === 1 ? 1 : 3);
}

function instantiate(): Exports {
  const path = createRequire(import.meta.url).resolve('dcmjs-codecs/build/dcmjs-native-codecs.wasm');
  compiled ??= new WebAssembly.Module(readFileSync(path));
  const text = (at: number, length: number) => Buffer.from(exports.memory.buffer, at, Math.min(length, 500)).toString();
  const badFile = () => 8; // EBADF of WASI: there are no files
  const imports = {
    env: {
      onCodecsException: (at: number, length: number) => {
        throw new Error(text(at, length));
      },
      onCodecsInfo: (at: number, length: number) => sayings.length < 20 && sayings.push(text(at, length)),
      onCodecsTrace: () => undefined,
      emscripten_notify_memory_growth: () => undefined,
    },
    wasi_snapshot_preview1: {
      proc_exit: (code: number) => {
        throw new Error(`codec exit ${code}`);
      },
      clock_time_get: () => 0,
      environ_get: () => 0,
      environ_sizes_get: (count: number, size: number) => {
        const view = new DataView(exports.memory.buffer);
        view.setUint32(count, 0, true);
        view.setUint32(size, 0, true);
        return 0;
      },
      fd_write: badFile,
      fd_close: badFile,
      fd_seek: badFile,
    },
  };
  const exports = new WebAssembly.Instance(compiled, imports).exports as Exports;
  exports['_initialize']!();
  return exports;
}
