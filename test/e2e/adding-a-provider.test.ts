/** docs/adding-a-provider.md, followed to the letter in a copy of the checkout. */
import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workerVariableNames } from '../../scripts/variables.mjs';
import { copyCheckout, type Ended, run } from '../support/node/checkout';
import { type RawUpstream, startRawUpstream } from '../support/node/raw-upstream';
import { type BuiltWorker, ROOT, startBuilt } from '../support/node/worker';
import { hello, newRequestId, post, usageOf } from './session';

/** One numbered step of the page. */
class Step {
	/** Its code blocks, in order. */
	readonly blocks: readonly string[];

	constructor(private readonly text: string) {
		this.blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
	}

	/** The first file it names in this folder. */
	file(folder: string): string {
		const [, path] = new RegExp(`\`(${folder}/[\\w./-]+\\.ts)\``).exec(this.text) ?? [];
		if (path === undefined) throw new Error(`the step names no file in ${folder}: ${this.text}`);
		return path;
	}

	/** The first command it gives. */
	command(): string {
		const [, command] = /`((?:\w+=\w+ )?(?:npx|node) [^`]+)`/.exec(this.text) ?? [];
		if (command === undefined) throw new Error(`the step gives no command: ${this.text}`);
		return command;
	}
}

const page = readFileSync(join(ROOT, 'docs/adding-a-provider.md'), 'utf8');
const [data, registry, proof, documents] = [1, 2, 3, 4].map((number) => {
	const [, text] = new RegExp(`^(\\*\\*${number}\\. [\\s\\S]*?)(?=^\\*\\*\\d|^That is all)`, 'm').exec(page) ?? [];
	return new Step(text ?? '');
}) as [Step, Step, Step, Step];

/** The text with `block` before the first line (or after it) that matches. */
function inserted(text: string, block: string, where: 'before' | 'after', line: RegExp): string {
	const found = line.exec(text);
	if (!found) throw new Error(`no line ${line}`);
	const at = where === 'before' ? found.index : found.index + found[0].length;
	return text.slice(0, at) + block + text.slice(at);
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
	await writeFile(path, change(await readFile(path, 'utf8')));
}

async function follow(folder: string): Promise<void> {
	await writeFile(join(folder, data.file('src')), data.blocks[0] ?? '');
	const [importLine = '', registryLine = ''] = registry.blocks;
	await edit(join(folder, registry.file('src')), (text) => {
		const imported = inserted(text, importLine, 'before', /^import /m);
		return inserted(imported, registryLine, 'after', /^export const providers = \{\n/m);
	});
	await edit(join(folder, proof.file('test')), (text) =>
		inserted(text, proof.blocks[0] ?? '', 'after', /^export const ROWS\b.* = \[\n/m),
	);
}

/** What the page ends in. */
interface Followed {
	readonly types: Ended;
	readonly document: Ended;
	readonly matrix: Ended;
}

/** The tests that a provider nobody told them of could break. */
const WATCHFUL = '--project node test/docs/providers.node.test.ts test/providers/registry.test.ts';

async function prove(folder: string): Promise<Followed> {
	const types = run(folder, 'npx tsc -p tsconfig.worker.json --noEmit');
	const document = await run(folder, documents.command());
	const matrix = await run(folder, `${proof.command()} ${WATCHFUL} -t 'northwind|the registry|docs/providers.md'`);
	return { types: await types, document, matrix };
}

let folder = '';
let followed: Followed;
let upstream: RawUpstream;
let worker: BuiltWorker;

beforeAll(async () => {
	folder = await copyCheckout();
	await follow(folder);
	followed = await prove(folder);
	upstream = await startRawUpstream((_call, response) => {
		response.writeHead(200, { 'content-type': 'application/json' }).end(
			JSON.stringify({
				id: 'chatcmpl-1',
				object: 'chat.completion',
				created: 1,
				model: 'breeze-small',
				choices: [{ index: 0, message: { role: 'assistant', content: 'Aye.' }, finish_reason: 'stop' }],
				usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
			}),
		);
	});
	const variables = {
		NORTHWIND_API_KEY: 'key-northwind',
		NORTHWIND_BASE_URL: `${upstream.origin}/v1`,
		NORTHWIND_PROJECT: 'project-7',
		DEFAULT_PROVIDER: 'northwind',
		DEFAULT_NORTHWIND_MODEL: 'breeze-small',
		LLM_USAGE_FLUSH_MS: '500',
	};
	worker = await startBuilt(variables, folder);
}, 240_000);

afterAll(async () => {
	await worker?.stop();
	await upstream?.close();
	if (folder) await rm(folder, { recursive: true, force: true });
});

describe('a provider added as docs/adding-a-provider.md says', () => {
	it('fits the types', () => {
		expect(followed.types).toEqual({ code: 0, output: expect.not.stringContaining('error') });
	});

	it('passes every discipline of the matrix, and the tests of registry and documentation', () => {
		expect(followed.matrix.code, followed.matrix.output).toBe(0);
		expect(followed.matrix.output).toMatch(/Test Files {2}3 passed/);
		// Eight disciplines and six errors through two doors, and the embeddings.
		expect(Number(/Tests {2}(\d+) passed/.exec(followed.matrix.output)?.[1])).toBeGreaterThan(2 * (8 + 6) + 1);
	});

	it('is on the page of the providers', async () => {
		expect(followed.document.code, followed.document.output).toBe(0);
		const document = await readFile(join(folder, 'docs/providers.md'), 'utf8');
		expect(document).toContain('| `northwind` | Northwind | `https://api.northwind.example/v1` | bearer |');
		expect(document).toContain('Northwind takes no audio.');
	});

	it('answers under its variables, with its own headers, and is in the books', async () => {
		const requestId = newRequestId();
		const response = await post(worker, hello('default'), { headers: { 'x-request-id': requestId } });
		expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Aye.' } }] });
		const call = upstream.calls.at(-1);
		expect(call).toMatchObject({
			path: '/v1/chat/completions',
			headers: { authorization: 'Bearer key-northwind', 'x-northwind-project': 'project-7' },
		});
		expect(JSON.parse(String(call?.body))).toMatchObject({ model: 'breeze-small' });
		expect(await usageOf(worker, requestId)).toMatchObject([
			{ provider: 'northwind', model: 'breeze-small', prompt_tokens: 3, completion_tokens: 2, cost_nano_usd: null },
		]);
	});

	it('opens the paths it names and no others to the key of anyone', async () => {
		const sent = await post(worker, { query: 'q' }, { path: '/v1/providers/northwind/rerank' });
		expect(sent.status).toBe(200);
		expect(upstream.calls.at(-1)).toMatchObject({ path: '/v1/rerank' });
		expect((await post(worker, {}, { path: '/v1/providers/northwind/files' })).status).toBe(403);
	});

	it('gets from npm run dev every variable that the page names', () => {
		const names = workerVariableNames(folder);
		const named = [...page.matchAll(/`((?:DEFAULT_)?NORTHWIND_[A-Z_]+)`/g)].map(([, name = '']) => name);
		expect(named.length).toBeGreaterThan(3);
		for (const name of named) expect(names).toContain(name);
	});
});
