/** Jest's `globalSetup` of the tests in JupyterLab over loopback. */
import { keep } from './shared-servers';

export default async function setup(): Promise<void> {
  await keep('direct');
}
