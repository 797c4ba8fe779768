/** A jest runner for files that must have the machine to themselves: one after the other, when all others have run. */
const { default: TestRunner } = require('jest-runner');

module.exports = class SerialRunner extends TestRunner {
  isSerial = true;
};
