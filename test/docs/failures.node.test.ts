import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failuresPage } from '../../scripts/failures-page';
import { FAILURE_RULES } from '../../src/gateway/failures';

const PAGE = 'docs/failures.md';
const page = failuresPage();

describe('docs/failures.md', () => {
	it('is what the table says now: run with UPDATE_DOCS=1 to write it anew', () => {
		if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, page);
		expect(readFileSync(PAGE, 'utf8') === page, `${PAGE} is out of date`).toBe(true);
	});

	it('has a row and a meaning for every failure', () => {
		for (const { name, means } of FAILURE_RULES) {
			expect(page.split(`\n| ${name} |`), name).toHaveLength(2);
			expect(page, name).toContain(`\n- **${name}**: ${means}\n`);
		}
	});
});
