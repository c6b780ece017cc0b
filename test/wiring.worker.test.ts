import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Bindings } from '../src/env';
import type { EndpointFacts } from '../src/health/contract';
import { Wiring } from '../src/wiring';

const ENDPOINT = 'openai@api.openai.com';
const FACTS: EndpointFacts = { endpoint: ENDPOINT, provider: 'openai', organizationId: null, rowId: 'row' };
const MARK = 'row.0000abcd';

const wiringWith = (bindings: Partial<Bindings> = {}): Wiring =>
	new Wiring({ ...env, ...bindings }, createExecutionContext(), { ownHost: null, hops: 0 });

const silent = (): Partial<Bindings> => {
	const never = () => new Promise(() => {});
	const object = { status: never, report: never };
	return { PROVIDER_HEALTH: { idFromName: (name: string) => name, get: () => object } } as unknown as Bindings;
};

beforeEach(() => {
	vi.spyOn(console, 'warn').mockReturnValue();
});

afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

it('nobody waits longer than a second for a health object', async () => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
	const { endpointHealth } = wiringWith(silent());
	const outcome = endpointHealth.status(ENDPOINT).catch((error: unknown) => error);
	const told = endpointHealth.answered(FACTS, 'o1', MARK);
	await vi.advanceTimersByTimeAsync(1_000);
	expect(await outcome).toMatchObject({ code: 'upstream_unavailable' });
	expect(await told).toBeUndefined();
	expect(vi.getTimerCount()).toBe(0);
});

it('a key that was answered outside the path is used again at once, and nobody counts as active for it', async () => {
	const { endpointHealth, health } = wiringWith();
	const use = { mark: MARK, rowId: 'row', organizationId: 'o1', startedAt: 0, tokens: 0, until: null, rates: null };
	const refused = {
		organizationId: 'o1',
		modelClass: 'gpt-4o',
		at: Date.now(),
		result: 'neutral',
		scope: 'model',
		firstEventMs: null,
		outputTokensPerSecond: null,
		probe: false,
		error: { failure: 'key-dead', status: 401 },
		key: { ...use, word: 'refused', status: 401 },
	} as const;
	const before = await health(ENDPOINT).report(FACTS, [refused]);
	expect(before.keys[MARK]?.refusedUntil).toBeGreaterThan(Date.now());
	await endpointHealth.answered(FACTS, 'o1', MARK);
	await endpointHealth.answered(FACTS, 'o2', MARK);
	const { keys, classes } = await endpointHealth.status(ENDPOINT);
	expect(keys[MARK]?.refusedUntil).toBeNull();
	expect(classes['']).toMatchObject({ shared: false, state: 'closed' });
});
