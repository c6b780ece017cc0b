/** Prints `<passed> <failed>` of a JSON report by vitest or Playwright, given the exit status of the run. */
import { existsSync, readFileSync } from 'node:fs';

const [path, status] = process.argv.slice(2);

function countsOf(report) {
	// Playwright's report has `stats`, vitest's the totals at the top. A flaky test passed only when repeated.
	if (report.stats)
		return [report.stats.expected, report.stats.unexpected + report.stats.flaky + (report.errors?.length ?? 0)];
	return [report.numPassedTests, report.numFailedTests];
}

let [passed, failed] = existsSync(path) ? countsOf(JSON.parse(readFileSync(path, 'utf8'))) : [0, 0];
if (status !== '0' && failed === 0) failed = 1;
console.log(`${passed} ${failed}`);
