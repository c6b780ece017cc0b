import { describe, expect, it } from 'vitest';
import type { EmbedCall } from '../../src/gateway/call';
import { failure, type Script, sentJson, type World, world } from '../support/scripted-gateway';
import { agentOf, callerOf, choiceOf, rowOf } from './snapshots';

const call = (input: string[], model = 'openai/embed-test'): EmbedCall => ({
	requestId: 'e1',
	clientRequestId: null,
	agent: null,
	fallback: true,
	receivedAt: 1_000_000,
	signal: null,
	request: { model, input },
});

/** Embeds each text as its length. */
const lengths: Script = (request) => {
	const { input } = sentJson(request) as { input: string[] };
	return Response.json({
		model: 'embed-test',
		data: input.map((text, index) => ({ index, embedding: [text.length] })),
		usage: { prompt_tokens: input.length, total_tokens: input.length },
	});
};

describe('an embedding', () => {
	it('is split at the maximum of the provider and comes back whole, in order', async () => {
		const w = world({ upstream: [lengths] });
		const texts = Array.from({ length: 5_000 }, (_, at) => 'x'.repeat((at % 7) + 1));
		const { response, meta } = await w.gateway.embed(call(texts));
		expect(response.embeddings.map(([length]) => length)).toEqual(texts.map((text) => text.length));
		expect(w.sent.length).toBeGreaterThan(1);
		expect(meta.attempts).toBe(w.sent.length);
		expect(w.entries().map((entry) => entry.attemptId)).toEqual(w.sent.map((_, at) => `e1.${at + 1}`));
		expect(w.closes.filter((close) => close.final)).toHaveLength(1);
		expect(response.usage?.input).toBe(5_000);
	});

	it('counts as one request however many calls it takes', async () => {
		const w = world({ upstream: [lengths] });
		await w.gateway.embed(call(Array.from({ length: 5_000 }, () => 'x')));
		expect(w.opens).toHaveLength(1);
	});

	it('never takes a chat model', async () => {
		const w = world({ upstream: [lengths] });
		await expect(w.gateway.embed(call(['a'], 'openai/gpt-test'))).rejects.toMatchObject({
			code: 'invalid_request',
			param: 'model',
		});
	});

	it('refuses a provider that has none, naming it', async () => {
		const w = world({ upstream: [lengths] });
		await expect(w.gateway.embed(call(['a'], 'groq/embed-x'))).rejects.toThrow(/'groq' has no embeddings/);
	});

	it('refuses an answer with fewer vectors than texts', async () => {
		const short: Script = () => Response.json({ model: 'm', data: [], usage: null });
		const w = world({ upstream: [short], limits: { maxAttempts: 1 } });
		await expect(w.gateway.embed(call(['a', 'b']))).rejects.toMatchObject({ code: 'upstream_malformed' });
		expect(w.closes.at(-1)?.final).toBe(true);
	});

	/** Embeds each text as its length after `ms`, unless the call is given up before. */
	const delayed =
		(ms: number): Script =>
		(request) =>
			new Promise((resolve, reject) => {
				request.signal.addEventListener('abort', () => reject(request.signal.reason));
				w.time.after(ms, () => resolve(lengths(request)));
			});
	let w: World;
	const outcome = (texts: readonly string[]): Promise<unknown> =>
		w.gateway.embed(call([...texts])).then(
			() => 'embedded',
			(error: unknown) => error,
		);

	it('keeps all its calls together within the total time limit of the request', async () => {
		w = world({ upstream: [delayed(400)], limits: { totalMs: 1_000 } });
		const asked = outcome(Array.from({ length: 5_000 }, () => 'x'));
		await w.time.advance(1_300);
		expect(await asked).toMatchObject({ code: 'upstream_timeout' });
		expect(w.entries().map((entry) => entry.state)).toEqual(['settled', 'settled', 'unknown']);
	});

	it('waits longer for much text, and no longer for little', async () => {
		w = world({ upstream: [delayed(25_000)], limits: { maxAttempts: 1 } });
		const much = outcome(Array.from({ length: 1_000 }, () => 'x'.repeat(60)));
		await w.time.advance(26_000);
		expect(await much).toBe('embedded');
		const little = outcome(['x']);
		await w.time.advance(11_000);
		expect(await little).toMatchObject({ code: 'upstream_timeout' });
	});

	it('charges what was embedded before a part of it failed', async () => {
		const parts = [lengths, () => failure(400), lengths];
		w = world({ upstream: parts });
		const asked = await outcome(Array.from({ length: 5_000 }, () => 'x'));
		expect(asked).toMatchObject({ code: 'invalid_request' });
		expect(w.entries().map((entry) => entry.state)).toEqual(['settled', 'released']);
		expect(w.closes.map((close) => close.final)).toEqual([false, true]);
	});
});

describe('an embedding that names no model', () => {
	const modelOf = async (snapshot: Parameters<typeof world>[0]['snapshot'], agent: string | null = null) => {
		const w = world({ upstream: [lengths], snapshot: snapshot ?? {} });
		const { meta } = await w.gateway.embed({ ...call(['a'], 'default'), agent });
		return `${meta.provider}/${meta.model} ${w.sent[0]?.headers.authorization}`;
	};
	const agent = agentOf({ embeddingModel: 'openai/embed-agent' });

	it("takes the agent's, else the organization's, else the default provider's", async () => {
		const embeddingModel = 'openai/embed-own';
		expect(await modelOf({ agent, embeddingModel }, 'support')).toContain('openai/embed-agent');
		expect(await modelOf({ agent: agentOf(), embeddingModel }, 'support')).toContain('openai/embed-own');
		expect(await modelOf({ embeddingModel })).toContain('openai/embed-own');
		expect(await modelOf({ embeddingModel: null })).toContain('openai/embed-test');
	});

	it('takes one that is named by an alias or a profile, with the key of that', async () => {
		const credentials = { openai: [rowOf('first'), rowOf('second')] };
		const profiles = { vectors: { ...choiceOf('openai/embed-profile'), credentialRowId: 'second' } };
		const aliases = { vec: 'profile:vectors' };
		expect(await modelOf({ credentials, profiles, aliases, embeddingModel: 'vec' })).toBe(
			'openai/embed-profile Bearer key of second',
		);
	});

	it('is refused for a key that is limited to agents and asks through none', async () => {
		const caller = callerOf({ allowedAgents: ['support'] });
		await expect(modelOf({ caller, agent })).rejects.toMatchObject({ code: 'forbidden', param: 'model' });
		expect(await modelOf({ caller, agent }, 'support')).toContain('openai/embed-agent');
	});
});

describe('an embedding by a pool of keys', () => {
	const credentials = { openai: [rowOf('first'), rowOf('second')] };
	const many = Array.from({ length: 5_000 }, () => 'x');

	it('goes on with the next key where the first is limited, and says which answered', async () => {
		const w = world({ upstream: [() => failure(429, { 'retry-after': '60' }), lengths], snapshot: { credentials } });
		const { meta } = await w.gateway.embed(call(['a']));
		expect(w.sent.map(({ headers }) => headers.authorization)).toEqual(['Bearer key of first', 'Bearer key of second']);
		expect(meta.routing.steps).toMatchObject([
			{ key: 'first', outcome: 'failed', reason: 'rate limited', attempts: 1 },
			{ key: 'second', outcome: 'answered', attempts: 1 },
		]);
	});

	it('drops a dead key, for each of its parts, and tells the last entry of the first part that had to move', async () => {
		const dead: Script = (request) =>
			request.headers.authorization === 'Bearer key of first' ? failure(401) : lengths(request);
		const w = world({ upstream: [dead], snapshot: { credentials } });
		const { response, meta } = await w.gateway.embed(call(many));
		expect(response.embeddings).toHaveLength(5_000);
		expect(meta.attempts).toBe(w.sent.length);
		const told = w.entries().map(({ routing }) => routing?.steps.map(({ outcome }) => outcome) ?? null);
		expect(told.at(-1)).toEqual(['failed', 'answered']);
		expect(told.slice(0, -1).every((one) => one === null)).toBe(true);
	});

	it('is held for by the dearest of them', async () => {
		const w = world({ upstream: [lengths], snapshot: { credentials } });
		await w.gateway.embed(call(many));
		expect(w.opens[0]?.holdNanoUsd).toBeGreaterThan(0n);
	});

	it('takes as long as the routing policy lets it', async () => {
		const routing = { totalTimeoutMs: { value: 1_000, origin: 'organization' as const } };
		const w = world({ upstream: [() => new Promise<Response>(() => {})], snapshot: { credentials, routing } });
		const asked = w.gateway.embed(call(['a'])).catch((error: unknown) => error);
		await w.time.advance(1);
		expect(w.opens[0]?.expiresAt).toBe(1_000_000 + 1_000 + 60_000);
		void asked;
	});
});

describe('what the configuration knows of an embedding model', () => {
	it('is its price, and that it is one', async () => {
		const prices = { input: 7_000_000n, output: 0n };
		const models = { 'openai/own': { declared: true, kind: 'embedding' as const, prices, priceVersion: 'override-1' } };
		const w = world({ upstream: [lengths], snapshot: { models } });
		await w.gateway.embed(call(['a', 'b'], 'own'));
		expect(w.entries()[0]).toMatchObject({ model: 'own', costNanoUsd: 14_000n, priceVersion: 'override-1' });
	});
});
