/** Jest's `globalTeardown` of the tests in a browser: where jest runs the files in its own process, that has the browser. */
import { closeBrowser } from './environment';

export default closeBrowser;
