/**
 * Prints `<passed> <failed>` of a JSON report by vitest or Playwright, given the exit status of the run, and on stderr
 * a line for each test that failed.
 */
import { existsSync, readFileSync } from 'node:fs';

const [path, status] = process.argv.slice(2);

/** Playwright's report has `stats`, vitest's the totals at the top. A flaky test passed only when repeated. */
function read(report) {
	if (!report.stats)
		return { passed: report.numPassedTests, failed: report.numFailedTests, names: namesOfVitest(report.testResults) };
	const { expected, unexpected, flaky } = report.stats;
	const failed = unexpected + flaky + (report.errors?.length ?? 0);
	return { passed: expected, failed, names: report.suites.flatMap(namesOfSuite) };
}

const namesOfVitest = (files) =>
	files.flatMap((file) => {
		const failed = file.assertionResults.filter(({ status }) => status === 'failed');
		// A file that could not be read has no tests at all.
		if (failed.length === 0 && file.status === 'failed') return [`${file.name}: ${file.message}`];
		return failed.map((test) => `${file.name} › ${test.fullName}: ${test.failureMessages[0]}`);
	});

const namesOfSuite = ({ file, specs = [], suites = [] }) => [
	...specs
		.filter(({ ok, tests }) => !ok || tests.some((test) => test.status === 'flaky'))
		.map(({ title }) => `${file} › ${title}`),
	...suites.flatMap(namesOfSuite),
];

const none = { passed: 0, failed: 0, names: [] };
const { passed, failed, names } = existsSync(path) ? read(JSON.parse(readFileSync(path, 'utf8'))) : none;
for (const name of names) console.error(`FAILED: ${name.split('\n').slice(0, 3).join(' ⏎ ').slice(0, 600)}`);
console.log(`${passed} ${status !== '0' && failed === 0 ? 1 : failed}`);
