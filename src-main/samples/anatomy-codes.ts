/** Codes of PS3.16 for teeth and regions of the jaw (CID 4018, CID 4016), SNOMED CT. */
import type { Values } from './write-data-set.ts';

const teeth: Readonly<Record<number, readonly [string, string]>> = {
  11: ['422653006', 'Permanent maxillary right central incisor tooth'],
  12: ['424877001', 'Permanent maxillary right lateral incisor tooth'],
  13: ['860767006', 'Permanent maxillary right canine tooth'],
  14: ['57826002', 'Permanent maxillary right first premolar tooth'],
  15: ['36492000', 'Permanent maxillary right second premolar tooth'],
  16: ['865995000', 'Permanent maxillary right first molar tooth'],
  17: ['863902006', 'Permanent maxillary right second molar tooth'],
  18: ['68085002', 'Permanent maxillary right third molar tooth'],
  21: ['424399000', 'Permanent maxillary left central incisor tooth'],
  22: ['423185002', 'Permanent maxillary left lateral incisor tooth'],
  23: ['860780009', 'Permanent maxillary left canine tooth'],
  24: ['61897005', 'Permanent maxillary left first premolar tooth'],
  25: ['23226009', 'Permanent maxillary left second premolar tooth'],
  26: ['865988009', 'Permanent maxillary left first molar tooth'],
  27: ['863901004', 'Permanent maxillary left second molar tooth'],
  28: ['87704003', 'Permanent maxillary left third molar tooth'],
  31: ['425106001', 'Mandibular left central incisor tooth'],
  32: ['423331005', 'Mandibular left lateral tooth'],
  33: ['860782001', 'Mandibular left canine tooth'],
  34: ['2400006', 'Mandibular left first premolar tooth'],
  35: ['24573005', 'Mandibular left second premolar tooth'],
  36: ['866006002', 'Mandibular left first molar tooth'],
  37: ['863898000', 'Mandibular left second molar tooth'],
  38: ['74344005', 'Mandibular left third molar tooth'],
  41: ['424575004', 'Mandibular right central incisor tooth'],
  42: ['423937004', 'Mandibular right lateral incisor tooth'],
  43: ['860785004', 'Mandibular right canine tooth'],
  44: ['80140008', 'Mandibular right first premolar tooth'],
  45: ['8873007', 'Mandibular right second premolar tooth'],
  46: ['866005003', 'Mandibular right first molar tooth'],
  47: ['863899008', 'Mandibular right second molar tooth'],
  48: ['38994002', 'Mandibular right third molar tooth'],
};

const regions = {
  jaw: ['661005', 'Jaw region'],
  maxilla: ['70925003', 'Maxilla'],
  mandible: ['91609006', 'Mandible'],
  heart: ['80891009', 'Heart'],
} as const;

const code = ([value, meaning]: readonly [string, string]): Values => ({
  CodeValue: value,
  CodingSchemeDesignator: 'SCT',
  CodeMeaning: meaning,
});

/** The code of a tooth by its number of ISO 3950. */
export const toothCode = (fdi: number): Values => code(teeth[fdi]!);

/** The code of a region. */
export const regionCode = (region: keyof typeof regions): Values => code(regions[region]);
