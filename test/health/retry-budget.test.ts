import { expect, it } from 'vitest';
import type { Recency } from '../../src/health/recency';
import { countCall, type RetryMemory, takeRetry } from '../../src/health/retry-budget';
import { healthSet } from '../support/health';

const START = Date.UTC(2026, 0, 1);

function retries(memory: Recency<RetryMemory>, asked: number, now: number, organizationId = 'a'): number {
	let granted = 0;
	for (let n = 0; n < asked; n++) if (takeRetry(memory, organizationId, now)) granted += 1;
	return granted;
}

it('grants ten retries a second without any other calls', () => {
	const memory: Recency<RetryMemory> = new Map();
	for (let second = 0; second < 20; second++) expect(retries(memory, 50, START + second * 1_000)).toBe(10);
});

it('grants a fifth of the calls of the last ten seconds where that is more', () => {
	const memory: Recency<RetryMemory> = new Map();
	for (let n = 0; n < 1_000; n++) countCall(memory, 'a', START);
	expect(retries(memory, 500, START)).toBe(200);
	expect(retries(memory, 500, START + 9_000)).toBe(10);
	expect(retries(memory, 500, START + 10_000)).toBe(10);
	for (let n = 0; n < 1_000; n++) countCall(memory, 'a', START + 10_000);
	// The 20 of the last two seconds are of that fifth.
	expect(retries(memory, 500, START + 11_000)).toBe(180);
});

it('has a budget of its own for each organization', () => {
	const memory: Recency<RetryMemory> = new Map();
	expect(retries(memory, 50, START, 'a')).toBe(10);
	expect(retries(memory, 50, START, 'b')).toBe(10);
});

it('remembers a bounded number of organizations, and ten seconds of each', () => {
	const memory: Recency<RetryMemory> = new Map();
	for (let n = 0; n < 500; n++) countCall(memory, `organization ${n}`, START);
	for (let second = 0; second < 60; second++) countCall(memory, 'a', START + second * 1_000);
	expect(memory.size).toBe(64);
	expect(memory.get('a')?.seconds).toHaveLength(10);
});

it('counts per endpoint what is recorded there', () => {
	const { here, call } = healthSet();
	for (let n = 0; n < 100; n++) call('success');
	const asked = (endpoint: string) =>
		Array.from({ length: 50 }, () => here.request().mayRetry(endpoint, 'a')).filter((granted) => granted).length;
	expect(asked('openai@api.example')).toBe(20);
	expect(asked('other@api.example')).toBe(10);
});
