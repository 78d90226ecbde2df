/** What a path or a body names: a node, and our patients, studies, series and instances by Orthanc's identifiers. */
import { PacsError } from '#shared/errors.ts';
import type { Modality } from '#shared/model.ts';
import type { Peers } from '../peers/peers.ts';
import type { Scope, Store } from '../store/store.ts';
import type { WebContext } from './connection.ts';

/** The node of `:id`. @throws PacsError `not-found` */
export function modalityOf(c: WebContext, peers: Peers): Modality {
  const node = peers.get(c.req.param('id') ?? '');
  if (!node) throw new PacsError('not-found', 'There is no device of that name.');
  return node;
}

/** The scopes of these identifiers. @throws PacsError `not-found` with the first that is not here */
export async function scopesOf(store: Store, ids: readonly string[]): Promise<Scope[]> {
  const scopes: Scope[] = [];
  for (const id of ids) {
    const entity = await store.lookup(id);
    if (!entity) throw new PacsError('not-found', `There is no patient, study, series or instance ${id.slice(0, 64)}.`);
    const { PatientID, StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } = entity.identifiers;
    scopes.push({
      ...(PatientID === undefined ? {} : { PatientID }),
      ...(StudyInstanceUID === undefined ? {} : { StudyInstanceUID }),
      ...(SeriesInstanceUID === undefined ? {} : { SeriesInstanceUID }),
      ...(SOPInstanceUID === undefined ? {} : { SOPInstanceUID }),
    });
  }
  return scopes;
}
