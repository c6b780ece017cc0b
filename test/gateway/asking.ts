/** A whole answer of the gateway on scripted ports, with who was asked for it and how long it took. */
import { type GatewayError, toGatewayError } from '../../src/errors';
import type { ChatAnswer } from '../../src/gateway/call';
import type { Snapshot } from '../../src/gateway/ports';
import type { RoutingPolicy } from '../../src/language/routing';
import {
	answer,
	chatCall,
	failure,
	type Script,
	type World,
	type WorldOptions,
	world,
} from '../support/scripted-gateway';
import { choiceOf, routingOf, rowOf } from './snapshots';

export const CHAIN = ['groq/llama', 'deepseek/v4'];
const SHARED = 'https://openai.test/v1';

/** The key or host a call went to. */
export const who = ({ sent }: World): string[] =>
	sent.map(({ headers, url }) => {
		const key = headers.authorization?.replace('Bearer key of ', '') ?? '';
		return key === 'Bearer key' ? new URL(url).hostname.replace('.test', '') : key;
	});

/** Each upstream by its own script, by the name of its key or its host; the last of its answers it repeats. */
export function byHost(scripts: Readonly<Record<string, readonly Script[]>>): Script {
	const calls = new Map<string, number>();
	return (request) => {
		const key = request.headers.authorization?.replace('Bearer key of ', '') ?? '';
		const name = scripts[key] ? key : new URL(request.url).hostname.replace('.test', '');
		const own = scripts[name] ?? [];
		const call = calls.get(name) ?? 0;
		calls.set(name, call + 1);
		const script = own[Math.min(call, own.length - 1)];
		if (!script) throw new Error(`nothing is scripted for ${name}`);
		return script(request);
	};
}

export interface Ended {
	readonly w: World;
	readonly answered: ChatAnswer | null;
	readonly error: GatewayError | null;
	/** ms it took. */
	readonly tookMs: number;
	readonly asked: readonly string[];
}

/** A whole answer, within two minutes of virtual time. */
export async function asking(options: WorldOptions, request = {}, call = {}): Promise<Ended> {
	const w = world(options);
	return { w, ...(await asked(w, request, call)) };
}

export async function asked(w: World, request = {}, call = {}): Promise<Omit<Ended, 'w'>> {
	const startedAt = w.time.now();
	let endedAt = startedAt;
	const work = w.gateway.chat(chatCall({ maxTokens: 100, model: 'default', ...request }, call)).then(
		(answered) => ({ answered, error: null }),
		(error: unknown) => ({ answered: null, error: toGatewayError(error) }),
	);
	const noted = work.finally(() => {
		endedAt = w.time.now();
	});
	await w.time.advance(120_000);
	const { answered, error } = await noted;
	await w.settled();
	return { answered, error, tookMs: endedAt - startedAt, asked: who(w) };
}

export const under = (policy: RoutingPolicy, snapshot: Partial<Snapshot> = {}): Partial<Snapshot> => ({
	defaultChoice: { ...choiceOf('openai/gpt-test'), routing: routingOf(policy) },
	...snapshot,
});

export const pool = (...ids: string[]) => ({
	openai: ids.map((id) => rowOf(id, { baseUrl: SHARED, mark: id })),
	groq: [rowOf('groq', { mark: 'groq' })],
	deepseek: [rowOf('deepseek', { mark: 'deepseek' })],
});

export const ok: Script = () => answer();
export const limited =
	(seconds?: number): Script =>
	() =>
		failure(429, seconds === undefined ? {} : { 'retry-after': String(seconds) });
export const refused: Script = () => failure(401);
export const broken: Script = () => failure(500);
