/** The UIDs of a path, checked, and the kept files they mean. */
import { PacsError } from '#shared/errors.ts';
import type { Identifiers } from '#shared/model.ts';
import type { Scope, Store, StoredFile } from '../store/store.ts';
import type { WebContext } from './connection.ts';

const checkedUid = (name: string, text: string): string => {
  if (!/^[0-9.]{1,64}$/.test(text)) throw new PacsError('bad-request', `The ${name} in the path is not a UID.`);
  return text;
};

/** What a path names: one UID a level. */
export type PathScope = Partial<
  Pick<Identifiers, 'PatientID' | 'StudyInstanceUID' | 'SeriesInstanceUID' | 'SOPInstanceUID'>
>;

/** The UIDs of `:study`, `:series` and `:instance`; throws `bad-request` for what is no UID. */
export function scopeOf(c: WebContext): PathScope {
  const [study, series, instance] = [c.req.param('study'), c.req.param('series'), c.req.param('instance')];
  return {
    ...(study === undefined ? {} : { StudyInstanceUID: checkedUid('study', study) }),
    ...(series === undefined ? {} : { SeriesInstanceUID: checkedUid('series', series) }),
    ...(instance === undefined ? {} : { SOPInstanceUID: checkedUid('instance', instance) }),
  };
}

/** As scopeOf, and with `?patient=` only what came under that PatientID: the window tells two patients with one study UID apart. */
export function windowScopeOf(c: WebContext): PathScope {
  const PatientID = c.req.query('patient');
  return { ...scopeOf(c), ...(PatientID === undefined ? {} : { PatientID }) };
}

/** The files of a scope; throws `not-found` where there are none. */
export async function filesOf(store: Store, scope: Scope): Promise<readonly [StoredFile, ...StoredFile[]]> {
  const [first, ...rest] = await store.files(scope);
  if (first) return [first, ...rest];
  const what = scope.SOPInstanceUID ? 'instance' : scope.SeriesInstanceUID ? 'series' : 'study';
  throw new PacsError('not-found', `There is no such ${what} in this archive.`);
}
