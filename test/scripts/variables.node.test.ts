import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unstable_getVarsForDev as getVarsForDev } from 'wrangler';
import { VARIABLE_ENDINGS } from '../../scripts/providers-page';
import { envFileText, parseVariables, selectVariables, workerVariableNames } from '../../scripts/variables.mjs';
import { parseSettings } from '../../src/env';
import { findProvider, providerIds } from '../../src/providers';
import { POOL_FIELDS } from '../../src/providers/config';

/** What wrangler itself hands to the Worker from an env file of this text. */
function readByWrangler(text: string): Record<string, unknown> {
	const folder = mkdtempSync(join(tmpdir(), 'switchyard-env-'));
	try {
		const file = join(folder, 'dev.env');
		writeFileSync(file, text, { mode: 0o600 });
		const vars = getVarsForDev(join(folder, 'wrangler.toml'), [file], {}, undefined, true);
		return Object.fromEntries(
			Object.entries(vars).map(([name, binding]) => [name, 'value' in binding && binding.value]),
		);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

describe('variables on their way to the Worker', () => {
	it.each([
		['a hash', 'a #b'],
		['dollars', '$HOME $\u007bHOME} \\$x $'],
		['single quotes', `it's`],
		['all three kinds of quotes and a hash', 'a\'b"c`d # $e'],
		['line breaks', 'one\ntwo\r\nthree'],
		['a backslash at the end', 'C:\\keys\\'],
		['escaped quotes', `\\'\\"\\\`\n\\\\'`],
		['JSON', '{"gpt-4o":"o\'brien\\n"}'],
		['backslashes before everything', 'a\\\r\\\n\\"\\$'],
		['quotes around it', `'quoted'`],
		['nothing', ''],
	])('wrangler reads a value with %s as it was', (_, value) => {
		expect(readByWrangler(envFileText({ BEFORE: 'x', OPENAI_API_KEY: value, AFTER: 'y' }))).toMatchObject({
			BEFORE: 'x',
			OPENAI_API_KEY: value,
			AFTER: 'y',
		});
	});

	it('wrangler reads any printable values as they were', () => {
		const character = fc.constantFrom(...'ab \'"`#$\\{}\n\r=_');
		const value = fc.string({ unit: character, maxLength: 24 });
		fc.assert(
			fc.property(value, value, (first, second) => {
				expect(readByWrangler(envFileText({ FIRST: first, SECOND: second }))).toMatchObject({
					FIRST: first,
					SECOND: second,
				});
			}),
			{ numRuns: 1000 },
		);
	});

	it('reads .dev.vars as dotenv does', () => {
		expect(parseVariables('# c\nA=1 # one\nexport B="x\\ny"\nC=\'#\'\r\nD=\n')).toEqual({
			A: '1',
			B: 'x\ny',
			C: '#',
			D: '',
		});
	});

	it('passes on the variables the interface names, later layers first, and nothing else', () => {
		const names = workerVariableNames(process.cwd());
		const chosen = selectVariables(
			names,
			{ OPENAI_API_KEY: 'file', JWT_SECRET: 'file', DEV_GATEWAY_KEY: 'sy_x_y' },
			{
				OPENAI_API_KEY: 'process',
				META_LLAMA_BASE_URL: 'http://x',
				STRIPE_API_KEY: 'no',
				PATH: '/bin',
				JWT_ISSUER: undefined,
			},
		);
		expect(chosen).toEqual({ OPENAI_API_KEY: 'process', JWT_SECRET: 'file', META_LLAMA_BASE_URL: 'http://x' });
	});

	it('knows what each provider is configured by', () => {
		const names = workerVariableNames(process.cwd());
		for (const id of providerIds) {
			const provider = findProvider(id);
			const prefix = id.toUpperCase().replaceAll('-', '_');
			const fields = (provider?.config ?? []).flatMap((field) => (field === 'auth' ? [] : VARIABLE_ENDINGS[field]));
			for (const ending of ['API_KEY', 'BASE_URL', 'MODEL', 'DEBUG', ...fields])
				expect(names).toContain(`${prefix}_${ending}`);
			for (const kind of ['MODEL', 'EMBEDDING_MODEL']) expect(names).toContain(`DEFAULT_${prefix}_${kind}`);
			const { configVariables } = parseSettings({}).provider(id);
			for (const field of POOL_FIELDS) expect(names).toContain(configVariables[field]);
		}
		for (const name of ['BEDROCK_SECRET_ACCESS_KEY', 'BEDROCK_SESSION_TOKEN', 'AZURE_OPENAI_AD_TOKEN'])
			expect(names).toContain(name);
	});
});
