import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { forbiddenImports } from './support/node/arrows';
import {
	anyTypes,
	bindings,
	errorClasses,
	globalFetches,
	LONGEST_FILE,
	length,
	processEnvironment,
	type Rule,
	type SourceFile,
	suppressions,
	zodImports,
} from './support/node/source-rules';

function filesIn(folder: string): SourceFile[] {
	return readdirSync(folder).flatMap((name) => {
		const path = join(folder, name);
		if (statSync(path).isDirectory()) return filesIn(path);
		return /\.(tsx?|mjs)$/.test(name) ? [{ path: path.replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }] : [];
	});
}

const source = filesIn('src');
const inBrowser = ({ path }: SourceFile): boolean => /^src\/(console|client)\//.test(path);
const worker = source.filter((file) => !inBrowser(file));
const written = ['src', 'scripts', 'bench'].flatMap(filesIn);
const all = [...written, ...filesIn('test')];

const broken = (files: readonly SourceFile[], rule: Rule): string[] => files.flatMap((file) => rule(file));

describe('the source', () => {
	it('is there to be checked', () => {
		expect(source.length).toBeGreaterThan(100);
		expect(all.length).toBeGreaterThan(source.length);
	});

	it('imports along the arrows of ARCHITECTURE.md and nowhere else', () => {
		expect(broken(source, forbiddenImports)).toEqual([]);
	}, 60_000);

	it('has one class that extends Error', () => {
		expect(broken(source, errorClasses)).toEqual([expect.stringMatching(/^src\/errors\.ts:/)]);
	});

	it('has one fetch in the Worker', () => {
		expect(broken(worker, globalFetches)).toEqual([expect.stringMatching(/^src\/outbound\.ts:/)]);
	});

	it('knows no type any', () => {
		expect(broken(all, anyTypes)).toEqual([]);
	});

	it('suppresses no check', () => {
		expect(broken(all, suppressions)).toEqual([]);
	});

	it('reads no process environment', () => {
		expect(broken(source, processEnvironment)).toEqual([]);
	});

	it('touches bindings only where the Worker is put together and in the Durable Objects', () => {
		const elsewhere = worker.filter(
			({ path }) => !/^src\/((env|compose|wiring|ready|index)\.ts|durable-objects\/)/.test(path),
		);
		expect(broken(elsewhere, bindings)).toEqual([]);
	});

	it('imports zod so that its locales stay out of the bundle', () => {
		expect(broken(source, zodImports)).toEqual([]);
	});

	it('has no file that is too long to be read', () => {
		expect(broken(written, length)).toEqual([]);
	});
});

/** A file that breaks the rule, or must not. */
const at = (path: string, text: string): SourceFile => ({ path, text });
const file = (text: string): SourceFile => at('src/gateway/sample.ts', text);

describe('each rule can fail', () => {
	it.each([
		['gateway', 'services', 'src/gateway/sample.ts', `import { a } from '../services/agents';`],
		['gateway', 'types of env', 'src/gateway/sample.ts', `import type { Settings } from '../env';`],
		['gateway', 'ledger/core', 'src/gateway/sample.ts', `import { b } from '../ledger/core';`],
		['a nested door', 'services', 'src/doors/openai-chat/route.ts', `import { a } from '../../services/agents';`],
		['a door', 'routers', 'src/doors/openai-chat/route.ts', `export { a } from '../../routers';`],
		['providers', 'gateway, by import()', 'src/providers/openai.ts', `const a = await import('../gateway/run');`],
		['providers', 'gateway, by an import type', 'src/providers/openai.ts', `let a: import('../gateway/run').Run;`],
		['client', 'routers at run time', 'src/client/index.ts', `import { appRouter } from '../routers';`],
		['config', 'gateway/ports at run time', 'src/config/resolve.ts', `import { a } from '../gateway/ports';`],
		['config', 'types of gateway/run', 'src/config/resolve.ts', `import type { A } from '../gateway/run';`],
		['errors', 'anything', 'src/errors.ts', `import type { A } from './language/event';`],
		['a folder nobody knows', 'anything', 'src/helpers/a.ts', 'export const a = 1;'],
	])('%s may not import %s', (_from, _to, path, text) => {
		expect(forbiddenImports(at(path, text))).toHaveLength(1);
	});

	it.each([
		['src/gateway/sample.ts', `import { price } from '../ledger/price'; import type { A } from '../health/contract';`],
		['src/client/index.ts', `import type { AppRouter } from '../routers'; import { Fold } from './fold';`],
		['src/doors/trpc/route.ts', `import { appRouter } from '../../routers'; import { Hono } from 'hono';`],
		['src/compose.ts', `import { run } from './gateway/run';`],
	])('%s may import what its arrows allow', (path, text) => {
		expect(forbiddenImports(at(path, text))).toEqual([]);
	});

	it.each([
		['a second error class', errorClasses, 'class Late extends Error {}'],
		['a subclass of another error', errorClasses, 'const Late = class extends GatewayError {};'],
		['a call of fetch', globalFetches, `await fetch('https://x');`],
		['fetch through globalThis', globalFetches, `globalThis.fetch('https://x');`],
		['fetch handed on as a value', globalFetches, 'const send = fetch;'],
		['an any in a cast', anyTypes, 'const a = b as any;'],
		['an any in a signature', anyTypes, 'function a(b: any[]): void {}'],
		['an ignored type error', suppressions, ['// @ts', 'ignore'].join('-')],
		['a silenced linter', suppressions, ['// biome', 'ignore lint: why'].join('-')],
		['the process environment', processEnvironment, 'const a = process.env.OPENAI_API_KEY;'],
		['a binding', bindings, `const rows = env.DB.prepare('select 1');`],
		['a binding taken apart', bindings, 'const { ORG_LEDGER: ledger } = env;'],
		['a binding by its name', bindings, `const kv = env['CONFIG'];`],
		['the global environment', bindings, `import { env } from 'cloudflare:workers';`],
		['zod by name', zodImports, `import { z } from 'zod';`],
		['zod by default', zodImports, `import z from 'zod';`],
		['a long file', length, 'a;\n'.repeat(LONGEST_FILE + 1)],
	])('finds %s', (_what, rule, text) => {
		expect(rule(file(text))).toHaveLength(1);
	});

	it.each([
		['an error thrown', errorClasses, `throw new Error('no');`],
		['a class of something else', errorClasses, 'class OrgLedger extends DurableObject {}'],
		['a handler named fetch', globalFetches, 'export default { async fetch(request: Request) { return answer; } };'],
		['the fetch of a binding', globalFetches, 'await stub.fetch(request);'],
		['the word any', anyTypes, `const a = 'any'; // any`],
		['zod as a namespace', zodImports, `import * as z from 'zod'; import type { ZodType } from 'zod';`],
		['a file of the allowed length', length, 'a;\n'.repeat(LONGEST_FILE)],
	])('lets %s pass', (_what, rule, text) => {
		expect(rule(file(text))).toEqual([]);
	});

	it('lets generated files be long', () => {
		expect(length(at('src/catalog/data.generated.ts', 'a;\n'.repeat(1_000)))).toEqual([]);
	});
});
