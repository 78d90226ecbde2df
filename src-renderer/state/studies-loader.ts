/** Fetches the rows of the study list, page by page, and never lets an old answer overtake a new question. */
import type { StoreApi } from 'zustand/vanilla';
import type { Outputs } from '#shared/contract.ts';
import { errorValue } from '#shared/errors.ts';
import type { WindowBridge } from '../bridge/window-bridge.ts';
import { indexOfStudy, pageNumbers, pageSize, rowAt, withPage } from './row-pages.ts';
import { followRows } from './studies-cursor.ts';
import { asksForAll, questionOf } from './studies-question.ts';
import type { StudiesState } from './studies-store.ts';
import { studyOf } from './study-id.ts';
import type { StudyId } from './study-id.ts';

type Page = Outputs['studies.list'];

/** The ways in which rows are fetched. */
export interface StudiesLoader {
  /** A new question: the list starts at its top; old rows stay on the screen until the answer comes. */
  ask(): Promise<void>;
  /** Rows that came onto the screen. */
  show(first: number, last: number): void;
  /** What is on the screen again; the other pages are forgotten, since rows may have moved. */
  refresh(): Promise<void>;
  /** The studies of some rows, also of such that are not on the screen; those that have come, where the archive does not answer. */
  studies(first: number, count: number): Promise<readonly StudyId[]>;
}

/** Makes the loader that fills `store`. */
export function createStudiesLoader(bridge: WindowBridge, store: StoreApi<StudiesState>): StudiesLoader {
  const { getState, setState } = store;
  let visible: readonly [number, number] = [0, pageSize - 1];
  let isFilling = false;

  const fetchPage = (page: number): Promise<Page> =>
    bridge.call('studies.list', { ...questionOf(getState()), offset: page * pageSize, limit: pageSize });

  /** Fetches pages and hands them on, unless another question has been asked since. */
  const load = async (numbers: readonly number[], arrived: (answers: readonly Page[]) => Partial<StudiesState>) => {
    const { question } = getState();
    const isTotalOfAll = asksForAll(getState());
    const outcome = await Promise.all(numbers.map(fetchPage)).then(
      (answers) => () => ({ ...arrived(answers), isTotalOfAll, error: undefined }),
      (error: unknown) => () => ({ error: errorValue(error) }),
    );
    if (getState().question !== question) return;
    const change: Partial<StudiesState> = outcome();
    const cursor = followRows({ ...getState(), ...change }, change.pages ?? getState().pages);
    setState({ ...change, ...cursor, isLoading: false });
  };

  const ask = () => {
    visible = [0, pageSize - 1];
    setState({ question: getState().question + 1, isLoading: true });
    return load([0], ([answer]) => {
      const pages = new Map([[0, answer?.rows ?? []]]);
      const isStillThere = indexOfStudy(pages, getState().selected) >= 0;
      return { pages, total: answer?.total, ...(isStillThere ? {} : { selected: undefined, cursor: undefined }) };
    });
  };

  /** The first page on the screen that has not come. */
  const missingPage = (): number | undefined => {
    const { pages, total = 0 } = getState();
    const [first, last] = visible;
    return total === 0 ? undefined : pageNumbers(first, Math.min(last, total - 1)).find((page) => !pages.has(page));
  };

  /** One page at a time, and always one that is still wanted: pages that only flew past are never fetched. */
  const fill = async () => {
    isFilling = true;
    for (let page = missingPage(); page !== undefined && !getState().error; page = missingPage()) {
      const wanted = page;
      await load([wanted], ([answer]) => ({
        total: answer?.total,
        pages: withPage(getState().pages, wanted, answer?.rows ?? []),
      }));
    }
    isFilling = false;
  };

  const show = (first: number, last: number) => {
    visible = [first, last];
    if (!isFilling) void fill();
  };

  const refresh = () => {
    const numbers = pageNumbers(...visible);
    return load(numbers, (answers) => ({
      total: answers[0]?.total,
      pages: new Map(numbers.map((page, index) => [page, answers[index]?.rows ?? []])),
    }));
  };

  const studies = async (first: number, count: number) => {
    const known = Array.from({ length: count }, (_, offset) => studyOf(rowAt(getState().pages, first + offset)));
    const found = known.filter((study) => study !== undefined);
    if (found.length === count) return found;
    const question = { ...questionOf(getState()), offset: first, limit: count };
    return bridge.call('studies.list', question).then(
      ({ rows }) => rows.flatMap((row) => studyOf(row) ?? []),
      () => found,
    );
  };

  return { ask, show, refresh, studies };
}
