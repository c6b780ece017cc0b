import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeDescription } from '../../scripts/description.mjs';
import { renderedDescription } from '../../src/doors/rest/described/render';

const ROOT = join(import.meta.dirname, '../..');

const root = mkdtempSync(join(tmpdir(), 'switchyard-description-'));
const path = join(root, 'dist/console/description.json');
const written = (): unknown => JSON.parse(readFileSync(path, 'utf8'));

beforeAll(async () => {
	for (const part of ['src', 'scripts', 'node_modules', 'package.json', 'package-lock.json'])
		symlinkSync(join(ROOT, part), join(root, part));
	await writeDescription(root);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the description of the REST interface', () => {
	it('is written as the sources have it, with nothing left beside it', async () => {
		expect(written()).toEqual(await renderedDescription());
		expect(readdirSync(join(root, 'dist'))).toEqual(['console']);
		expect(readdirSync(join(root, 'dist/console'))).toEqual(['description.json']);
	});

	it('is left alone where it is newer than the sources, and made anew where it is older', async () => {
		writeFileSync(path, '"mine"');
		await writeDescription(root);
		expect(written()).toBe('mine');
		utimesSync(path, 0, 0);
		await writeDescription(root);
		expect(written()).toEqual(await renderedDescription());
	});
});

it('is fresh in this checkout', async () => {
	await writeDescription(ROOT);
	expect(JSON.parse(readFileSync(join(ROOT, 'dist/console/description.json'), 'utf8'))).toEqual(
		await renderedDescription(),
	);
});
