// SPDX-License-Identifier: Apache-2.0
/** Prints the closing tally `jest: N passed, N failed, N skipped`, which the whole run's tally adds up. */
export default class TallyReporter {
  onRunComplete(
    _contexts,
    { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites },
  ) {
    // A suite that fails to load counts no failed test; it must not read as green.
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    const skipped = numPendingTests + numTodoTests;
    console.log(`jest: ${numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
  }
}
