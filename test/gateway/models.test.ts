import { describe, expect, it } from 'vitest';
import { listModels } from '../../src/gateway/models';
import type { Caller, CatalogPort, Credential, Ports, Snapshot } from '../../src/gateway/ports';
import type { Provider } from '../../src/providers/provider';
import { FACTS } from '../support/scripted-gateway';
import { virtualTime } from '../support/virtual-time';
import { callerOf } from './snapshots';

const base = { wire: 'openai-chat', auth: { kind: 'optional' }, defaultModel: 'm', label: '', baseUrl: null } as const;
const live = { path: '/models', shape: 'openai' } as const;
const PROVIDERS: Readonly<Record<string, Provider>> = {
	plain: { ...base, id: 'plain' },
	server: { ...base, id: 'server', liveModels: live },
	custom: { ...base, id: 'custom', liveModels: live, named: true },
};

const credential = (rowId: string | null, name: string): Credential => ({
	rowId,
	name,
	source: 'organization',
	apiKey: null,
	baseUrl: 'http://x',
	trust: 'operator',
	config: {},
});

interface World {
	readonly credentials: Snapshot['credentials'];
	readonly aliases?: Snapshot['aliases'];
	readonly refresh?: CatalogPort['refresh'];
	readonly models?: Snapshot['models'];
	readonly caller?: Partial<Caller>;
}

function world({ credentials, aliases, models, caller, refresh = async () => undefined }: World) {
	const time = virtualTime();
	const deferred: Promise<unknown>[] = [];
	const ports = {
		time,
		defer: (work: Promise<unknown>) => {
			deferred.push(work);
		},
		config: {
			reload: async () => ({
				credentials,
				caller: callerOf(caller),
				...(aliases && { aliases }),
				...(models && { models }),
			}),
		},
		registry: { provider: (id: string) => PROVIDERS[id] ?? null, ids: Object.keys(PROVIDERS) },
		catalog: {
			facts: (provider: string, model: string) => ({ ...FACTS, provider, model }),
			models: (provider: string, by?: Credential) => [`${provider}-model`, `of-${by?.rowId}`],
			refresh,
		},
	} as unknown as Ports;
	return { time, deferred, list: () => listModels(ports) };
}

const namesOf = (models: Awaited<ReturnType<typeof listModels>>): readonly string[] =>
	models.map(({ server, provider, model }) => `${server ?? provider}/${model}`);

describe('the models that can be used', () => {
	it('are those of every configured provider in order, each once', async () => {
		const { list } = world({
			credentials: {
				server: [credential('r1', 'server'), credential('r2', 'second')],
				plain: [credential(null, 'plain')],
			},
		});
		expect(namesOf(await list())).toEqual([
			'plain/plain-model',
			'plain/of-null',
			'server/server-model',
			'server/of-r1',
			'server/of-r2',
		]);
	});

	it("are those that the caller's key may use", async () => {
		const credentials = {
			plain: [credential(null, 'plain')],
			server: [credential('r1', 'server')],
			custom: [credential('r2', 'vllm')],
		};
		const { list } = world({ credentials, caller: { allowedModels: ['plain/plain-*', 'vllm/*'] } });
		expect(namesOf(await list())).toEqual(['plain/plain-model', 'vllm/custom-model', 'vllm/of-r2']);
		expect(namesOf(await world({ credentials, caller: { allowedModels: [] } }).list())).toEqual([]);
	});

	it('are those of the providers that the key may use', async () => {
		const credentials = { plain: [credential(null, 'plain')], server: [credential('r1', 'server')] };
		const { list } = world({ credentials, caller: { allowedProviders: ['server'] } });
		expect(namesOf(await list())).toEqual(['server/server-model', 'server/of-r1']);
	});

	it('are those of the one server that the key may use, where it has a name of its own', async () => {
		const credentials = { custom: [credential('r1', 'vllm'), credential('r2', 'tgi')] };
		const { list } = world({ credentials, caller: { allowedProviders: ['tgi'] } });
		expect(namesOf(await list())).toEqual(['tgi/custom-model', 'tgi/of-r2']);
	});

	it('are none for a key that reaches them through agents alone, and all for one that may name another', async () => {
		const credentials = { plain: [credential(null, 'plain')] };
		const caller = { allowedAgents: ['support'] };
		expect(await world({ credentials, caller: { ...caller, mayOverrideModel: false } }).list()).toEqual([]);
		expect(await world({ credentials, caller }).list()).toHaveLength(2);
	});

	it('hold those that the organization declares, of providers with a key, with what it says of them', async () => {
		const models = {
			'plain/own': { declared: true, displayName: 'Our own', contextWindow: 5_000 },
			'plain/plain-model': { declared: true, prices: { input: 1n, output: 2n }, priceVersion: 'override-9' },
			'plain/priced': { declared: false, prices: { input: 1n, output: 2n } },
			'server/away': { declared: true },
		};
		const listed = await world({ credentials: { plain: [credential(null, 'plain')] }, models }).list();
		expect(namesOf(listed)).toEqual(['plain/plain-model', 'plain/of-null', 'plain/own']);
		expect(listed[0]).toMatchObject({ prices: { input: 1n, output: 2n }, priceVersion: 'override-9' });
		expect(listed[2]).toMatchObject({ displayName: 'Our own', contextWindow: 5_000, known: true });
		expect(listed[0]).not.toHaveProperty('displayName');
	});

	it('that are declared are listed at the first of several servers, which answers for them', async () => {
		const { list } = world({
			credentials: { custom: [credential('r1', 'vllm'), credential('r2', 'tgi')] },
			models: { 'custom/own': { declared: true } },
			caller: { allowedModels: ['*/own'] },
		});
		expect(namesOf(await list())).toEqual(['vllm/own']);
	});

	it('of a server with a name of its own go by that name', async () => {
		const { list } = world({
			credentials: { custom: [credential('r1', 'vllm'), credential('r2', 'tgi'), credential(null, 'custom')] },
		});
		expect(namesOf(await list())).toEqual([
			'vllm/custom-model',
			'vllm/of-r1',
			'tgi/custom-model',
			'tgi/of-r2',
			'custom/custom-model',
			'custom/of-null',
		]);
	});

	it('carry the organization’s own names for them', async () => {
		const { list } = world({
			credentials: { plain: [credential(null, 'plain')] },
			aliases: { fast: 'plain/plain-model', cheap: 'plain/plain-model', other: 'profile:x' },
		});
		expect((await list()).map(({ aliases }) => aliases)).toEqual([['fast', 'cheap'], undefined]);
	});

	it('are waited for two seconds; what takes longer goes on behind the answer', async () => {
		let finish = (): void => undefined;
		const asked: string[] = [];
		const { list, time, deferred } = world({
			credentials: { server: [credential('r1', 'server')], plain: [credential(null, 'plain')] },
			refresh: (provider, by) => {
				asked.push(`${provider} ${by.rowId}`);
				return new Promise((resolve) => {
					finish = resolve;
				});
			},
		});
		let answered = false;
		const answer = list().then((models) => {
			answered = true;
			return models;
		});
		await time.advance(1_999);
		expect(answered).toBe(false);
		await time.advance(1);
		expect(namesOf(await answer)).toContain('server/server-model');
		expect(asked).toEqual(['server r1']);
		expect(deferred).toHaveLength(1);
		finish();
		await Promise.all(deferred);
	});

	it('are there at once where every list is', async () => {
		const { list, time } = world({ credentials: { server: [credential('r1', 'server')] } });
		expect(await list()).toHaveLength(2);
		expect(time.pending()).toBe(0);
	});
});
