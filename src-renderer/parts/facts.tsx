/** Names with their values, one below the other; what has no value is left out. */
import { Fragment } from 'react';
import type { ReactNode } from 'react';
import styles from './facts.module.css';

/** Props: pairs of name and value. */
export interface FactsProps {
  readonly facts: readonly (readonly [string, ReactNode])[];
}

/** The list of facts. */
export const Facts = ({ facts }: FactsProps) => (
  <dl className={styles['facts']}>
    {facts.map(([name, value]) =>
      value === undefined || value === '' ? undefined : (
        <Fragment key={name}>
          <dt className={styles['name']}>{name}</dt>
          <dd className={styles['value']}>{typeof value === 'string' ? <bdi>{value}</bdi> : value}</dd>
        </Fragment>
      ),
    )}
  </dl>
);
