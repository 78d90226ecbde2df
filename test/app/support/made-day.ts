/** A clinic in the middle of a working day, for the eye and for tests. */
import type { RemoteRow } from '#shared/contract.ts';
import { madeDevice, madeItem, madeJob } from './made-clinic.ts';
import type { MadeClinic } from './made-clinic.ts';

const two = (value: number) => String(value).padStart(2, '0');

/** The day `days` from `now` as DICOM writes it. */
export function dayFrom(now: number, days = 0): string {
  const date = new Date(now);
  date.setDate(date.getDate() + days);
  return `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
}

const planned = [
  ['0800', 'Müller^Anna', 'P-10400', '19790112', 'F', 'PX', 'PANO', 'Panoramic', 'completed', 'Weber^Eva'],
  [
    '0830',
    'Okafor^Grace',
    'P-10437',
    '19910213',
    'F',
    'IO',
    'SENSOR2',
    'Bitewing left and right',
    'completed',
    'Weber^Eva',
  ],
  [
    '0915',
    'Novák^Petr',
    'P-10474',
    '19660314',
    'M',
    'CT',
    'CBCT',
    'CBCT lower jaw, implant planning',
    'in progress',
    'Haas^Tobias',
  ],
  [
    '0930',
    'Lefèvre^Chloé',
    'P-10511',
    '20040415',
    'F',
    'PX',
    'PANO',
    'Panoramic, wisdom teeth',
    'arrived',
    'Weber^Eva',
  ],
  ['1000', 'Yılmaz^Elif', 'P-10548', '19880516', 'F', 'US', 'LOGIQ', 'Salivary glands', 'arrived', 'Haas^Tobias'],
  ['1030', 'Silva^João', 'P-10585', '19570617', 'M', 'IO', 'SENSOR2', 'Periapical 36', 'scheduled', 'Weber^Eva'],
  ['1100', 'Kowalska^Ewa', 'P-10622', '19950718', 'F', 'DX', 'PANO', 'Cephalogram lateral', 'scheduled', 'Haas^Tobias'],
  [
    '1115',
    'Yamada^Tarou=山田^太郎=やまだ^たろう',
    'P-10801',
    '19720301',
    'M',
    'CT',
    'CBCT',
    'CBCT upper jaw',
    'scheduled',
    'Haas^Tobias',
  ],
  ['1400', 'Berg^Jonas', 'P-10659', '20110819', 'M', 'PX', 'PANO', 'Panoramic, orthodontics', 'scheduled', 'Weber^Eva'],
  ['1445', 'Rossi^Giulia', 'P-10696', '19831020', 'F', 'US', 'LOGIQ', 'Thyroid', 'discontinued', 'Haas^Tobias'],
  ['1530', 'Larsen^Ingrid', 'P-10733', '19500121', 'F', 'CT', 'CBCT', 'CBCT sinus', 'scheduled', 'Haas^Tobias'],
] as const;

function fillDevices({ devices, unknown }: MadeClinic, now: number): void {
  const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
  devices.push(
    madeDevice({
      name: 'CBCT room 1',
      AET: 'CBCT',
      Host: '192.168.178.31',
      lastContact: ago(4),
      instancesReceived: 18_432,
    }),
    madeDevice({
      name: 'Panoramic room 2',
      AET: 'PANO',
      Host: '192.168.178.32',
      lastContact: ago(36),
      instancesReceived: 2210,
    }),
    madeDevice({
      name: 'Sensor chair 2',
      AET: 'SENSOR2',
      Host: '192.168.178.41',
      lastContact: ago(95),
      instancesReceived: 6104,
    }),
    madeDevice({
      name: 'Ultrasound',
      AET: 'LOGIQ',
      Host: '192.168.178.99',
      lastContact: ago(60 * 26),
      lastError: 'It did not answer within 10 seconds.',
      lastErrorAt: ago(12),
      instancesReceived: 931,
    }),
    madeDevice({
      name: 'Hospital PACS',
      AET: 'ORTHANC',
      Host: 'pacs.hospital.example',
      Port: 4242,
      lastContact: ago(170),
      instancesReceived: 388,
      instancesSent: 1264,
      isFixed: true,
      UseDicomTls: true,
      AllowFindWorklist: false,
      AllowMpps: false,
    }),
  );
  unknown.push({
    callingAET: 'SCANX_NEW',
    remoteAddress: '192.168.178.57',
    count: 3,
    lastAt: ago(2),
    reason: 'It asked for the worklist, which unknown devices may not.',
  });
}

function fillJobs({ jobs }: MadeClinic, now: number): void {
  const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
  jobs.push(
    madeJob({
      id: 'a',
      status: 'running',
      description: 'Hospital PACS',
      done: 214,
      total: 512,
      createdAt: ago(1),
      startedAt: ago(1),
    }),
    madeJob({
      id: 'b',
      type: 'DicomMoveScu',
      status: 'running',
      description: 'Hospital PACS',
      done: 3,
      total: 18,
      createdAt: ago(2),
      startedAt: ago(2),
    }),
    madeJob({ id: 'c', status: 'pending', description: 'Panoramic room 2', total: 4, createdAt: ago(3) }),
    madeJob({
      id: 'd',
      status: 'retry',
      description: 'Ultrasound',
      total: 6,
      tries: 3,
      createdAt: ago(12),
      startedAt: ago(12),
      nextTryAt: new Date(now + 45_000).toISOString(),
      error: { code: 'busy', message: 'Nothing listens at 192.168.178.99, port 104.' },
    }),
    madeJob({
      id: 'e',
      type: 'StorageCommitmentScu',
      status: 'success',
      description: 'Hospital PACS',
      done: 321,
      total: 321,
      createdAt: ago(50),
      startedAt: ago(50),
      endedAt: ago(49),
    }),
    madeJob({
      id: 'f',
      status: 'failure',
      description: 'Hospital PACS',
      done: 16,
      total: 18,
      failed: 2,
      createdAt: ago(75),
      startedAt: ago(75),
      endedAt: ago(74),
      error: {
        code: 'bad-request',
        message: '2 of 18 images did not reach Hospital PACS. It takes no ultrasound clips.',
      },
      output: {
        failed: ['1', '2'].map((n) => ({
          SOPInstanceUID: `1.2.826.0.1.3680043.10.999.77.${n}`,
          sentence: 'It takes no ultrasound clips.',
        })),
      },
    }),
    madeJob({
      id: 'g',
      type: 'DicomMoveScp',
      status: 'success',
      description: 'Panoramic room 2',
      done: 2,
      total: 2,
      createdAt: ago(120),
      startedAt: ago(120),
      endedAt: ago(120),
    }),
    madeJob({
      id: 'h',
      type: 'MppsForward',
      status: 'success',
      description: 'Hospital PACS',
      done: 1,
      total: 1,
      createdAt: ago(180),
      startedAt: ago(180),
      endedAt: ago(180),
    }),
    madeJob({
      id: 'i',
      status: 'cancelled',
      description: 'Sensor chair 2',
      done: 40,
      total: 321,
      createdAt: ago(300),
      startedAt: ago(300),
      endedAt: ago(299),
    }),
  );
}

const elsewhere = [
  ['Novák^Petr', 'H-88120', '19660314', -3, 'CT', 'CBCT jaws', 2, 402],
  ['Novák^Petr', 'H-88120', '19660314', -410, 'PX', 'Panoramic', 1, 1],
  ['Novák^Pavel', 'H-61277', '19480722', -31, 'CT\\PX', 'CBCT and panoramic', 3, 540],
  ['Novotná^Jana', 'H-90554', '19870109', -75, 'US', 'Salivary glands', 2, 14],
] as const;

function fillRemote({ remote }: MadeClinic, now: number): void {
  elsewhere.forEach(([PatientName, PatientID, PatientBirthDate, days, modalities, description, series, images], n) => {
    const StudyInstanceUID = `1.2.840.99.${n + 1}`;
    remote.studies.push({
      PatientName,
      PatientID,
      PatientBirthDate,
      StudyInstanceUID,
      StudyDate: dayFrom(now, days),
      StudyTime: '101500',
      ModalitiesInStudy: modalities,
      StudyDescription: description,
      AccessionNumber: `H${4000 + n}`,
      NumberOfStudyRelatedSeries: String(series),
      NumberOfStudyRelatedInstances: String(images),
    });
    for (let number = 1; number <= series; number++)
      remote.series.push({
        StudyInstanceUID,
        SeriesInstanceUID: `${StudyInstanceUID}.${number}`,
        SeriesNumber: String(number),
        SeriesDescription: number === 1 ? description : 'Scout',
        Modality: modalities.split('\\')[0] ?? '',
        NumberOfSeriesRelatedInstances: String(number === 1 ? images - series + 1 : 1),
      } satisfies RemoteRow);
  });
}

/** Fills a clinic with devices, a day's worklist, jobs of every state, and an archive elsewhere. */
export function fillDay(clinic: MadeClinic, now: number): void {
  fillDevices(clinic, now);
  planned.forEach(([time, PatientName, PatientID, birth, sex, Modality, station, step, status, doctor], n) =>
    clinic.worklist.push(
      madeItem({
        id: `planned-${n}`,
        status,
        source: n === 10 ? 'file' : 'window',
        PatientName,
        PatientID,
        PatientBirthDate: birth,
        PatientSex: sex,
        AccessionNumber: `A${20_300 + n}`,
        Modality,
        ScheduledStationAETitle: station,
        ScheduledProcedureStepStartDate: dayFrom(now),
        ScheduledProcedureStepStartTime: `${time}00`,
        ScheduledProcedureStepDescription: step,
        ScheduledPerformingPhysicianName: doctor,
        ReferringPhysicianName: 'Lindqvist^Karin',
      }),
    ),
  );
  fillJobs(clinic, now);
  fillRemote(clinic, now);
}
