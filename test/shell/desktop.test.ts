/** The desktop application as it is built in the repository. */
import { root } from '../support/shared-data.ts';
import { desktopSuite } from './support/desktop-suite.ts';

desktopSuite('the built application', () => root);
