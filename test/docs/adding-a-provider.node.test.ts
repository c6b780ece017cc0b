/** What the page says of the tree; that it can be followed is shown in `test/e2e/adding-a-provider.test.ts`. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findProvider } from '../../src/providers';

const page = readFileSync('docs/adding-a-provider.md', 'utf8');
const contracts = ['provider', 'quirks', 'config'].map((name) => readFileSync(`src/providers/${name}.ts`, 'utf8'));

describe('docs/adding-a-provider.md', () => {
	it('is about a provider that is not there', () => {
		const [, id = ''] = /^\tid: '(.*)',$/m.exec(page) ?? [];
		expect(id).not.toBe('');
		expect(findProvider(id)).toBeNull();
	});

	it('names files and folders that exist, but for the one it adds', () => {
		const named = [...page.matchAll(/`((?:src|test|scripts|docs)\/[\w./-]+)`/g)].map(([, path = '']) => path);
		expect(named.filter((path) => !existsSync(path))).toEqual(['src/providers/northwind.ts']);
		expect(named.length).toBeGreaterThan(7);
	});

	it('explains fields that there are', () => {
		const explained = [...page.matchAll(/^- (.*?):/gm)].flatMap(([, head = '']) => head.match(/(?<=`)\w+(?=`)/g) ?? []);
		expect(explained.length).toBeGreaterThan(4);
		for (const field of explained)
			expect(
				contracts.some((text) => new RegExp(`readonly ${field}\\??:`).test(text)),
				field,
			).toBe(true);
	});

	it('fits on a page', () => {
		expect(page.split('\n').length).toBeLessThan(60);
	});
});
