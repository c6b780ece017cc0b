import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { rotateKeys } from '../../scripts/rotate-keys.mjs';

const SCRIPT = new URL('../../scripts/rotate-keys.mjs', import.meta.url).pathname;

interface Step {
	readonly resealed: number;
	readonly remaining: number;
	readonly failed: readonly object[];
	readonly currentKeyId: string;
	readonly next: string | null;
}

const step = (fields: Partial<Step>): Step => ({
	resealed: 0,
	remaining: 0,
	failed: [],
	currentKeyId: 'key-2',
	next: null,
	...fields,
});

const FAILED = { id: 'row-1', organizationId: 'o1', provider: 'openai', reason: "It can't be opened." };

describe('rotating keys', () => {
	async function rotated(...steps: readonly Step[]) {
		const asked: unknown[] = [];
		const printed: string[] = [];
		const call = async (procedure: string, input: object, kind: string) => {
			asked.push([procedure, input, kind]);
			return steps[asked.length - 1];
		};
		const failures = await rotateKeys(call, (line) => printed.push(line));
		return { asked, printed, failures };
	}

	it('asks batch after batch, each where the one before ended', async () => {
		const { asked, printed, failures } = await rotated(
			step({ resealed: 20, remaining: 25, next: 'row-20' }),
			step({ resealed: 20, remaining: 5, next: 'row-40' }),
			step({ resealed: 5 }),
		);
		expect(asked).toEqual([
			['providers.resealKeys', {}, 'mutation'],
			['providers.resealKeys', { after: 'row-20' }, 'mutation'],
			['providers.resealKeys', { after: 'row-40' }, 'mutation'],
		]);
		expect(failures).toBe(0);
		expect(printed).toEqual([
			'20 keys moved, 25 remaining …',
			'40 keys moved, 5 remaining …',
			'45 keys moved to key-2, 0 remaining.',
		]);
	});

	it('names each key that could not be moved, and goes on', async () => {
		const { printed, failures } = await rotated(
			step({ resealed: 1, remaining: 2, failed: [FAILED], next: 'row-2' }),
			step({ resealed: 1, remaining: 1 }),
		);
		expect(failures).toBe(1);
		expect(printed[0]).toBe("  failed: openai key row-1 of organization o1: It can't be opened.");
	});
});

describe('npm run rotate-keys', () => {
	async function run(answer: (authorization: string | undefined) => object, status = 200) {
		const server = createServer((request, response) => {
			request.resume();
			response.writeHead(status, { 'content-type': 'application/json' });
			response.end(JSON.stringify(answer(request.headers.authorization)));
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;
		const env = {
			...process.env,
			SWITCHYARD_KEY: 'tenant',
			ADMIN_API_KEY: 'operator',
			SWITCHYARD_URL: `http://127.0.0.1:${port}`,
		};
		const outcome = await new Promise<{ code: number; out: string; err: string }>((resolve) => {
			execFile(process.execPath, [SCRIPT], { env }, (error, out, err) =>
				resolve({ code: Number(error?.code ?? 0), out, err }),
			);
		});
		await new Promise((resolve) => server.close(resolve));
		return outcome;
	}

	it("ends well where every key was moved, by the operator's key alone", async () => {
		const seen: unknown[] = [];
		const { code, out } = await run((authorization) => {
			seen.push(authorization);
			return { result: { data: step({ resealed: 3 }) } };
		});
		expect(seen).toEqual(['Bearer operator']);
		expect({ code, out }).toEqual({ code: 0, out: '3 keys moved to key-2, 0 remaining.\n' });
	});

	it('fails where one was not, and says that the old keys are still needed', async () => {
		const failing = step({ resealed: 2, remaining: 1, failed: [FAILED] });
		const { code, err } = await run(() => ({ result: { data: failing } }));
		expect(code).toBe(1);
		expect(err).toContain('LLM_ENCRYPTION_KEYS_OLD');
	});

	it('fails where it is refused, without the key in its words', async () => {
		const { code, err } = await run(() => ({ error: { message: 'Unknown credential' } }), 401);
		expect(code).toBe(1);
		expect(err).toContain('Unknown credential');
		expect(err).not.toContain('Bearer');
	});
});
