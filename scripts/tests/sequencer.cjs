/**
 * The order of test files: those in a browser first, which take the longest, so that at the end no worker has a long one left
 * while the other has nothing to do; and serial ones last. Jest runs the runners in the order of their first files.
 */
const { default: Sequencer } = require('@jest/test-sequencer');

const rankOf = ({ context }) => {
  const name = context.config.displayName?.name ?? '';
  if (name.includes('-serial')) return 2;
  return /^(labextension|page)/.test(name) && name !== 'labextension-unit' ? 0 : 1;
};

module.exports = class BrowserFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((one, other) => rankOf(one) - rankOf(other));
  }
};
