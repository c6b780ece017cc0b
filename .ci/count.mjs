/**
 * Prints `<passed> <failed>` of a JSON report by vitest or Playwright, given the exit status of the run, and on stderr
 * a line for each test that failed, or (in the browser) passed only when it was repeated.
 */
import { existsSync, readFileSync } from 'node:fs';

const [path, status] = process.argv.slice(2);

/** Playwright's report has `stats`, vitest's the totals at the top. */
function read(report) {
	if (!report.stats)
		return { passed: report.numPassedTests, failed: report.numFailedTests, lines: linesOfVitest(report.testResults) };
	const { expected, unexpected, flaky } = report.stats;
	const failed = unexpected + (report.errors?.length ?? 0);
	return { passed: expected + flaky, failed, lines: report.suites.flatMap(linesOfSuite) };
}

const linesOfVitest = (files) =>
	files.flatMap((file) => {
		const failed = file.assertionResults.filter(({ status }) => status === 'failed');
		// A file that could not be read has no tests at all.
		if (failed.length === 0 && file.status === 'failed') return [`FAILED: ${file.name}: ${file.message}`];
		return failed.map((test) => `FAILED: ${file.name} › ${test.fullName}: ${test.failureMessages[0]}`);
	});

const WORDS = { unexpected: 'FAILED', flaky: 'REPEATED' };

const linesOfSuite = ({ file, specs = [], suites = [] }) => [
	...specs.flatMap(({ title, tests }) =>
		tests.flatMap((test) => (WORDS[test.status] ? [`${WORDS[test.status]}: ${file} › ${title}`] : [])),
	),
	...suites.flatMap(linesOfSuite),
];

const none = { passed: 0, failed: 0, lines: [] };
const { passed, failed, lines } = existsSync(path) ? read(JSON.parse(readFileSync(path, 'utf8'))) : none;
for (const line of lines) console.error(line.split('\n').slice(0, 3).join(' ⏎ ').slice(0, 600));
console.log(`${passed} ${status !== '0' && failed === 0 ? 1 : failed}`);
