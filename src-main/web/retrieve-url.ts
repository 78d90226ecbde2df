/** The addresses that answers tell: where a study, series or instance can be retrieved, PS3.18 10.4. */
import type { Identifiers } from '#shared/model.ts';
import type { Settings } from '#shared/settings.ts';

/** The path of DICOMweb without its last slash; empty for the top. */
export const dicomWebRoot = (settings: Settings): string => settings.DicomWeb.Root.replace(/\/+$/, '');

/** The absolute address of DICOMweb as the caller sees it. */
export const dicomWebBase = (request: Request, settings: Settings): string =>
  new URL(request.url).origin + dicomWebRoot(settings);

/** The address of a study, series or instance. */
export function retrieveURL(base: string, uids: Partial<Identifiers>): string {
  const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } = uids;
  const series = SeriesInstanceUID ? `/series/${SeriesInstanceUID}` : '';
  const instance = series && SOPInstanceUID ? `/instances/${SOPInstanceUID}` : '';
  return `${base}/studies/${StudyInstanceUID}${series}${instance}`;
}
