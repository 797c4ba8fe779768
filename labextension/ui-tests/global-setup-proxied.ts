/** Jest's `globalSetup` of the tests in JupyterLab through its own proxy. */
import { keep } from './shared-servers';

export default async function setup(): Promise<void> {
  await keep('proxied');
}
