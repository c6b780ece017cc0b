import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALONE, CHANGES, type Change, EVERYBODYS, MINI, OTHER } from './changes';
import { openPlatform, type Platform } from './tenant';

let platform: Platform;

beforeAll(async () => {
	platform = await openPlatform();
});

afterAll(() => platform?.close());

/** Until every cache on the way holds what the request needs. */
async function warm({ ask, before }: Change): Promise<void> {
	for (let turn = 0; turn < 3; turn += 1) expect(await ask()).toEqual(before);
}

/** Every change made at once, then `upheaval`, then each one's very next request, which must know of it. */
async function allAtOnce(upheaval: () => Promise<void>): Promise<void> {
	const chosen = Object.entries(CHANGES).filter(([name]) => !ALONE.has(name));
	const changes = await Promise.all(chosen.map(async ([name, scenario]) => ({ name, ...(await scenario(platform)) })));
	await Promise.all(changes.map(warm));
	for (const { name, change } of changes) if (name in EVERYBODYS) await change();
	await Promise.all(changes.map(({ name, change }) => (name in EVERYBODYS ? null : change())));
	await upheaval();
	const seen = await Promise.all(changes.map(async ({ name, ask }) => [name, await ask()]));
	expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(changes.map(({ name, after }) => [name, after])));
}

describe('the very next request follows a change of', () => {
	it.each(Object.entries(CHANGES))('%s', async (_, scenario) => {
		const change = await scenario(platform);
		await warm(change);
		await change.change();
		expect(await change.ask()).toEqual(change.after);
	});
});

describe('the very next request follows every one of these changes', () => {
	it('where all Durable Objects are dropped right after it', () => allAtOnce(() => platform.worker.killObjects()));

	it('in an isolate that begins with what KV kept from before it', () => allAtOnce(() => platform.worker.restart()));
});

describe('requests during a change', () => {
	const STATES = [
		{ model: 'gpt-4o-mini', key: 'sk-even', temperature: 0.25, system: 'Even.' },
		{ model: 'gpt-4.1-mini', key: 'sk-odd', temperature: 0.75, system: 'Odd.' },
	] as const;
	const WORKERS = 16;
	const FLIPS = 6;

	const documentOf = ({ model, key, temperature, system }: (typeof STATES)[number]): string =>
		JSON.stringify({
			providers: [{ provider: 'openai', apiKey: key, baseUrl: platform.upstream.root }],
			agents: { one: { name: 'One', model: `openai/${model}`, settings: { temperature }, prompt: { system } } },
		});

	it('are answered wholly by the old configuration or wholly by the new one, and none fails', async () => {
		const { admin, ask } = await platform.tenant();
		await admin.config.import.mutate({ document: documentOf(STATES[0]) });
		let [begun, finished] = [0, 0];
		const requests: { readonly state: unknown; readonly possible: readonly unknown[] }[] = [];
		const asking = Array.from({ length: WORKERS }, async () => {
			while (finished < FLIPS) {
				const earliest = finished;
				const { call, by, code } = await ask('agent:one');
				const state = call && { ...STATES[0], model: call.model, key: call.key, system: call.system };
				const possible = STATES.filter((_, at) => earliest % 2 === at || begun > earliest);
				requests.push({ state: state ? { ...state, temperature: call.body.temperature } : code, possible });
				expect([MINI, OTHER]).toContain(by);
			}
		});
		for (let flip = 1; flip <= FLIPS; flip += 1) {
			begun = flip;
			await admin.config.import.mutate({ document: documentOf(STATES[flip % 2 === 0 ? 0 : 1]) });
			finished = flip;
		}
		await Promise.all(asking);
		expect(requests.length).toBeGreaterThan(WORKERS);
		for (const { state, possible } of requests) expect(possible).toContainEqual(state);
		const seen = new Set(requests.map(({ state }) => JSON.stringify(state)));
		expect(seen).toEqual(new Set(STATES.map((state) => JSON.stringify(state))));
	});
});
