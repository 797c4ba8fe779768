/** Jest's `globalTeardown` of all tests in JupyterLab. */
import { stopAll } from './shared-servers';

export default stopAll;
