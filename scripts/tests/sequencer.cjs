/**
 * The order of test files: those in a browser first, which take the longest, so that at the end no worker has a long one left
 * while the other has nothing to do.
 */
const { default: Sequencer } = require('@jest/test-sequencer');

const IN_A_BROWSER = /^(labextension|page)/;

module.exports = class BrowserFirst extends Sequencer {
  sort(tests) {
    const isLate = ({ context }) => (IN_A_BROWSER.test(context.config.displayName?.name ?? '') ? 0 : 1);
    return [...super.sort(tests)].sort((one, other) => isLate(one) - isLate(other));
  }
};
