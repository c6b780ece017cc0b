/** A running Switchyard with a scripted upstream behind it, and the ledger's rows as D1 shows them. */
import { request as httpRequest } from 'node:http';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { createSwitchyard, type Switchyard } from '../../src/client';
import { replayVariables } from '../support/node/replay/rows';
import { type ReplayServer, startReplayServer } from '../support/node/replay/server';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/node/scripted-upstream';
import { type BuiltWorker, eventually, type RunningWorker, startBuilt, type Variables } from '../support/node/worker';

export interface Session<Worker extends RunningWorker> {
	readonly worker: Worker;
	readonly upstream: ScriptedUpstream;
	/** The official SDK, retries off, with the development key. */
	readonly openai: OpenAI;
	/** The typed client with the development key. */
	readonly client: Switchyard;
	/** The typed client as the platform's operator. */
	readonly operator: Switchyard;
	close(): Promise<void>;
}

/** Both real providers' addresses point at the upstream. */
export const upstreamVariables = ({ origin }: ScriptedUpstream): Variables => ({
	OPENAI_API_KEY: 'sk-upstream-openai',
	OPENAI_BASE_URL: `${origin}/v1`,
	ANTHROPIC_API_KEY: 'sk-upstream-anthropic',
	ANTHROPIC_BASE_URL: origin,
});

export const sdkOf = (origin: string, apiKey: string): OpenAI =>
	new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });

export const anthropicOf = (origin: string, apiKey: string): Anthropic =>
	new Anthropic({ baseURL: origin, apiKey, maxRetries: 0 });

export async function openSession<Worker extends RunningWorker>(
	start: (variables: Variables) => Promise<Worker>,
	variables: Variables = {},
): Promise<Session<Worker>> {
	const upstream = await startScriptedUpstream();
	const worker = await start({ ...upstreamVariables(upstream), ...variables });
	const { origin, key, adminKey } = worker;
	return {
		worker,
		upstream,
		openai: sdkOf(origin, key),
		client: createSwitchyard({ url: origin, key }),
		operator: createSwitchyard({ url: origin, key: adminKey }),
		async close() {
			await worker.stop();
			await upstream.close();
		},
	};
}

export interface ReplaySession {
	readonly worker: BuiltWorker;
	readonly upstream: ReplayServer;
	close(): Promise<void>;
}

/** The built Worker with every provider behind it, replayed in its own protocol; each call is tried once, however many failed. */
export async function openReplay(variables: Variables = {}): Promise<ReplaySession> {
	const upstream = await startReplayServer();
	const once = { LLM_MAX_ATTEMPTS: '1', LLM_BREAKER_FAILURES: '1000', LLM_USAGE_FLUSH_MS: '200' };
	const worker = await startBuilt({ ...replayVariables(upstream.origin), ...once, ...variables });
	return {
		worker,
		upstream,
		async close() {
			await worker.stop();
			await upstream.close();
		},
	};
}

/** A model of each protocol behind the gateway. */
export const MODELS = {
	openai: 'openai/gpt-5-mini',
	responses: 'openai/gpt-5-pro',
	anthropic: 'anthropic/claude-haiku-4-5',
	google: 'google/gemini-2.5-flash',
	/** Its calls are refused without a thought signature. */
	gemini3: 'google/gemini-3.5-flash',
	bedrock: 'bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0',
	cohere: 'cohere/command-a-reasoning-08-2025',
	ollama: 'ollama/qwen3-vl',
} as const;

let made = 0;

/** An `x-request-id` of our own, by which the rows of a request are found. */
export const newRequestId = (): string => {
	made += 1;
	return `e2e-${Date.now()}-${made}`;
};

/** One upstream attempt as `llm_usage_logs` holds it. */
export interface UsageRow {
	readonly attempt_id: string;
	readonly request_id: string;
	readonly state: 'settled' | 'released' | 'unknown';
	readonly operation: string;
	readonly stream: number;
	readonly provider: string;
	readonly model: string;
	readonly agent_id: string | null;
	readonly run_id: string | null;
	readonly prompt_tokens: number | null;
	readonly completion_tokens: number | null;
	readonly reasoning_tokens: number | null;
	readonly cache_read_tokens: number | null;
	readonly usage_source: string;
	readonly cost_nano_usd: number | null;
	readonly finish_reason: string | null;
	readonly error_code: string | null;
	readonly http_status: number | null;
}

/** The rows of one request, which must be `count` in number and be there 15 s after its end at the latest. */
export async function usageOf(worker: RunningWorker, requestId: string, count = 1): Promise<UsageRow[]> {
	const read = (): Promise<UsageRow[]> =>
		worker.query('SELECT * FROM llm_usage_logs WHERE client_request_id = ? ORDER BY attempt_id', requestId);
	await eventually(`${count} usage rows of ${requestId}`, async () => ((await read()).length >= count ? true : null));
	const rows = await read();
	if (rows.length !== count) throw new Error(`${rows.length} usage rows of ${requestId} instead of ${count}`);
	return rows;
}

/** A plain request of the OpenAI door. */
export function post(
	worker: RunningWorker,
	body: unknown,
	options: {
		readonly path?: string;
		readonly key?: string | null;
		readonly headers?: Readonly<Record<string, string>>;
		readonly signal?: AbortSignal;
	} = {},
): Promise<Response> {
	const { path = '/v1/chat/completions', key = worker.key, headers = {}, signal } = options;
	return fetch(`${worker.origin}${path}`, {
		method: 'POST',
		headers: {
			'content-type': 'application/json',
			...(key !== null && { authorization: `Bearer ${key}` }),
			...headers,
		},
		body: typeof body === 'string' ? body : JSON.stringify(body),
		...(signal && { signal }),
	});
}

/**
 * The same on a connection of its own: bare workerd closes a connection after it refused a request without reading
 * its body, and the next request on it would meet that. Answers the status.
 */
export function statusOf(
	worker: RunningWorker,
	path: string,
	body: string,
	headers: Readonly<Record<string, string>>,
): Promise<number> {
	return new Promise((resolve, reject) => {
		const request = httpRequest(`${worker.origin}${path}`, { method: 'POST', agent: false, headers }, (response) => {
			response.resume();
			resolve(response.statusCode ?? 0);
		});
		request.once('error', reject);
		request.end(body);
	});
}

/** The `data:` payloads of a server-sent stream, read to its end. */
export async function dataOf(response: Response): Promise<string[]> {
	const text = await response.text();
	return text
		.split('\n\n')
		.flatMap((frame) => frame.split('\n').filter((line) => line.startsWith('data: ')))
		.map((line) => line.slice('data: '.length));
}

export const hello = (model: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
	model,
	messages: [{ role: 'user', content: 'Hello' }],
	...more,
});
