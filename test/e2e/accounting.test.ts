import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type BuiltWorker, eventually, startBuilt } from '../support/node/worker';
import { hello, openSession, post, type Session } from './session';

let session: Session<BuiltWorker> | null = null;

afterEach(async () => {
	await session?.close();
	session = null;
});

interface Request {
	readonly model: string;
	readonly stream: boolean;
	/** When the client hangs up; null: it reads the answer to its end. */
	readonly leaves: 'before the answer' | 'after the first bytes' | null;
}

const KINDS: readonly Request[] = [
	{ model: 'openai/gpt-4o-mini', stream: false, leaves: null },
	{ model: 'openai/gpt-4o-mini', stream: true, leaves: null },
	{ model: 'anthropic/claude-haiku-4-5', stream: true, leaves: null },
	{ model: 'openai/endless', stream: true, leaves: 'after the first bytes' },
	{ model: 'openai/drip', stream: true, leaves: 'after the first bytes' },
	{ model: 'openai/late', stream: true, leaves: 'before the answer' },
	{ model: 'openai/late', stream: false, leaves: 'before the answer' },
	{ model: 'openai/fail-500', stream: false, leaves: null },
	{ model: 'openai/fail-error-event', stream: true, leaves: null },
	{ model: 'openai/fail-reset', stream: true, leaves: null },
];

async function send(worker: BuiltWorker, { model, stream, leaves }: Request): Promise<void> {
	const leaving = new AbortController();
	const answer = post(worker, hello(model, { stream }), { signal: leaving.signal });
	if (leaves === 'before the answer') {
		await Promise.race([answer, sleep(150)]);
		leaving.abort();
		await answer.catch(() => undefined);
		return;
	}
	const response = await answer;
	if (leaves === null) {
		await response.text();
		return;
	}
	await response.body?.getReader().read();
	leaving.abort();
}

/** 1,000 requests at once; `meanwhile` runs when half of them are over. */
async function thousand(worker: BuiltWorker, meanwhile?: () => Promise<void>): Promise<void> {
	let over = 0;
	let interrupted: Promise<void> | undefined;
	const requests = Array.from({ length: 1_000 }, (_, at) => KINDS[at % KINDS.length] as Request);
	await Promise.all(
		requests.map(async (request) => {
			await send(worker, request);
			over += 1;
			if (over === 500) interrupted = meanwhile?.();
		}),
	);
	await interrupted;
}

/** Upstream calls and rows, model by model. */
async function books({ worker, upstream }: Session<BuiltWorker>): Promise<[calls: object, rows: object]> {
	const count = (names: readonly string[]): Record<string, number> => {
		const counts: Record<string, number> = {};
		for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
		return counts;
	};
	const rows = await worker.query<{ model: string }>('SELECT model FROM llm_usage_logs');
	return [count(upstream.calls.map(({ model }) => model)), count(rows.map(({ model }) => model))];
}

/** Every upstream call has exactly one row, all of them 15 s after the last answer. */
async function expectBalanced(balanced: Session<BuiltWorker>): Promise<void> {
	await eventually('as many rows as upstream calls', async () => {
		const [calls, rows] = await books(balanced);
		return JSON.stringify(calls) === JSON.stringify(rows) ? true : null;
	}).catch(async () => {
		const [calls, rows] = await books(balanced);
		expect(rows).toEqual(calls);
	});
	// Nothing more arrives with the flush after that one.
	await sleep(1_500);
	const [calls, rows] = await books(balanced);
	expect(rows).toEqual(calls);
	const attempts = await balanced.worker.query<{ attempt_id: string; state: string; model: string }>(
		'SELECT attempt_id, state, model FROM llm_usage_logs',
	);
	expect(new Set(attempts.map((row) => row.attempt_id)).size).toBe(attempts.length);
	// Unknown is only whether a call was billed that its client left before any content.
	expect(attempts.filter((row) => row.state === 'unknown' && row.model !== 'late')).toEqual([]);
	const [totals] = await balanced.worker.query<{ requests: number }>(
		"SELECT sum(requests) AS requests FROM llm_provider_usage WHERE provider <> 'mock'",
	);
	expect(totals?.requests).toBe(attempts.length);
}

const variables = { LLM_BREAKER_FAILURES: '100000', LLM_USAGE_FLUSH_MS: '1000' };

describe('a thousand concurrent requests: whole, streamed, left early, failing', () => {
	it('leave exactly one row for each upstream call', async () => {
		session = await openSession(startBuilt, variables);
		await thousand(session.worker);
		expect(session.upstream.calls.length).toBeGreaterThanOrEqual(1_000);
		await expectBalanced(session);
	}, 120_000);

	it('still do when the ledger object dies half-way, three times', async () => {
		session = await openSession(startBuilt, variables);
		const { worker } = session;
		await thousand(worker, async () => {
			for (let times = 0; times < 3; times += 1) {
				await worker.killObjects();
				await sleep(150);
			}
		});
		await expectBalanced(session);
	}, 120_000);

	it('still do when it dies again and again while it hands its rows to D1', async () => {
		session = await openSession(startBuilt, { ...variables, LLM_USAGE_FLUSH_MS: '20' });
		const { worker } = session;
		const request: Request = { model: 'openai/gpt-4o-mini', stream: false, leaves: null };
		for (let round = 0; round < 8; round += 1) {
			const requests = Array.from({ length: 25 }, async (_, at) => {
				await sleep(at * 6);
				await send(worker, request);
			});
			for (let times = 0; times < 3; times += 1) {
				await sleep(17 + 9 * round);
				await worker.killObjects();
			}
			await Promise.all(requests);
		}
		// Whatever it was doing when it died, the next request finds it at work again.
		await send(worker, request);
		await expectBalanced(session);
	}, 60_000);

	it('are still there, and still counted once, after the whole process was stopped and started', async () => {
		session = await openSession(startBuilt, variables);
		await Promise.all(KINDS.map((request) => send(session?.worker as BuiltWorker, request)));
		await expectBalanced(session);
		await session.worker.restart();
		await Promise.all(KINDS.map((request) => send(session?.worker as BuiltWorker, request)));
		await expectBalanced(session);
	}, 60_000);
});

describe('limits under concurrency', () => {
	it('let through exactly as many as they say, before any upstream is called', async () => {
		session = await openSession(startBuilt, { LLM_RATE_LIMIT_PER_MINUTE: '25' });
		const { worker, upstream } = session;
		const statuses = await Promise.all(
			Array.from({ length: 100 }, async () => {
				const response = await post(worker, hello('openai/gpt-4o-mini'));
				await response.text();
				return response.status;
			}),
		);
		expect(statuses.filter((status) => status === 200)).toHaveLength(25);
		expect(statuses.filter((status) => status === 429)).toHaveLength(75);
		expect(upstream.calls).toHaveLength(25);
	});
});
