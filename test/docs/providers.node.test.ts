import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { prefixOf, providersPage, VARIABLE_ENDINGS } from '../../scripts/providers-page';
import { parseSettings } from '../../src/env';
import { CAPABILITIES } from '../../src/providers/capability';
import { findProvider, providerIds } from '../../src/providers/index';

const page = providersPage();

describe('docs/providers.md', () => {
	it('is what the registry says now', () => {
		const fresh = readFileSync('docs/providers.md', 'utf8') === page;
		expect(fresh, 'docs/providers.md is out of date: run node scripts/providers-doc.mjs').toBe(true);
	});

	it('names every provider and, for each wire, every capability', () => {
		for (const id of providerIds) expect(page.match(new RegExp(`^\\| \`${id}\` \\|`, 'gm')), id).toHaveLength(2);
		const wireCount = page.match(/^### /gm)?.length ?? 0;
		expect(wireCount).toBeGreaterThan(2);
		for (const capability of CAPABILITIES)
			expect(page.split(`\n| \`${capability}\` `), capability).toHaveLength(wireCount + 1);
	});

	it('says which paths are open with the key of the environment', () => {
		for (const id of providerIds) {
			const paths = findProvider(id)?.passthrough ?? [];
			const line = `- \`${id}\`: ${paths.map((path) => `\`${path}\``).join(', ')}\n`;
			expect(page.includes(`\n${line}`), id).toBe(paths.length > 0);
		}
	});

	it('gives every mark that is no plain yes a reason', () => {
		for (const [cell] of page.matchAll(/(?<=\| )[≈–✗][^|]*(?=\|)/g))
			expect(cell.trim()).toMatch(/^[≈–✗] <sup>\d+<\/sup>$|^[≈–✗]$/);
		expect(page).not.toMatch(/^\d+\. *$/m);
	});

	it('names variables that the environment is read by', () => {
		for (const id of providerIds) {
			const provider = findProvider(id);
			for (const field of provider?.config ?? []) {
				if (field === 'auth') continue;
				const name = `${prefixOf({ id })}_${VARIABLE_ENDINGS[field]}`;
				expect(page).toContain(`\`${name}\``);
				expect(parseSettings({ [name]: '"x"' }).provider(id).config, name).toHaveProperty(field);
			}
		}
	});
});
