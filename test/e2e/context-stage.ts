/** A running Switchyard before upstreams that count what they are sent, and organizations with models of small windows. */
import { expect } from 'vitest';
import type { ContextReceipt } from '../../src/client';
import { type CountedCall, type CountingUpstream, startCountingUpstream } from '../support/node/counting-upstream';
import type { Variables } from '../support/node/worker';
import type { Door, Question, Told } from './context-doors';
import { placesIn, spread, type Turn } from './context-turns';
import { type UsageRow, usageOf } from './session';
import { fresh, openPlatform, type Platform, type Tenant } from './tenant';

export interface ContextRow extends UsageRow {
	/** `ContextReceipt` as JSON. */
	readonly context: string | null;
	readonly tags: string | null;
	readonly organization_id: string;
	readonly started_at: number;
}

export const receiptIn = ({ context }: ContextRow): ContextReceipt | null =>
	context === null ? null : (JSON.parse(context) as ContextReceipt);

type AgentInput = Parameters<Tenant['admin']['agents']['create']['mutate']>[0];
type CustomModel = Parameters<Tenant['admin']['customModels']['set']['mutate']>[0];

/** An organization with keys of both kinds of upstream. */
export interface Member extends Tenant {
	/** Makes an agent; the model name to ask for. */
	agent(more: Partial<AgentInput> & { readonly model: string }): Promise<string>;
	/** Declares `provider/model` with that window, or what else is said. */
	model(name: string, contextWindow?: number, more?: Partial<CustomModel>): Promise<string>;
	through(door: Door, question: Question): Promise<Told>;
	/** The rows of one request, in the order of its attempts. */
	rows(told: Told, count?: number): Promise<readonly ContextRow[]>;
}

export interface Stage {
	readonly platform: Platform;
	readonly upstream: CountingUpstream;
	/** `models`: what is said of each beside its window. */
	member(models?: Readonly<Record<string, Partial<CustomModel>>>): Promise<Member>;
	/** What `work` brings, and the chats that it made at the upstream. */
	during<T>(work: () => Promise<T>): Promise<{ readonly told: T; readonly calls: readonly CountedCall[] }>;
	close(): Promise<void>;
}

/** With the window that its name says, where it does. */
function declared(name: string) {
	const at = name.indexOf('/');
	const window = /-w(\d+)/.exec(name)?.[1];
	return {
		provider: name.slice(0, at),
		model: name.slice(at + 1),
		...(window !== undefined && { contextWindow: Number(window) }),
	};
}

export async function openStage(variables: Variables = {}): Promise<Stage> {
	const upstream = await startCountingUpstream();
	const platform = await openPlatform(variables);
	const { worker } = platform;
	return {
		platform,
		upstream,
		async member(models = {}) {
			const tenant = await platform.tenant();
			const key = (provider: string, baseUrl: string) => ({ provider, apiKey: `sk-${fresh(provider)}`, baseUrl });
			const providers = [key('openai', upstream.root), key('anthropic', upstream.origin)];
			const customModels = Object.entries(models).map(([name, more]) => ({ ...declared(name), ...more }));
			const document = JSON.stringify({ switchyard: 1, providers, customModels });
			await tenant.admin.config.import.mutate({ document });
			return {
				...tenant,
				async agent(more) {
					const slug = fresh('agent');
					await tenant.admin.agents.create.mutate({ slug, name: slug, ...more });
					return `agent:${slug}`;
				},
				async model(name, contextWindow, more = {}) {
					const said = { ...declared(name), ...(contextWindow !== undefined && { contextWindow }) };
					await tenant.admin.customModels.set.mutate({ ...said, ...more });
					return name;
				},
				through: (door, question) => door.ask(worker.origin, tenant.key, question),
				rows: async (told, count = 1) => (await usageOf(worker, told.requestId, count)) as ContextRow[],
			};
		},
		async during(work) {
			const before = upstream.calls.length;
			const told = await work();
			return { told, calls: upstream.calls.slice(before) };
		},
		async close() {
			await platform.close();
			await upstream.close();
		},
	};
}

const HEADER = /^before=(\d+), after=(\d+), limit=(\d+), method=(\w+), dropped=(\d+), summarized=(\d+)$/;

const messagesIn = (runs: ContextReceipt['dropped']) => runs.filter(({ what }) => what === 'messages');
const imagesIn = (runs: ContextReceipt['dropped']) => runs.filter(({ what }) => what === 'images');

/** Text of the turn at that place, as the upstream saw it: Anthropic's turns may be one message there. */
export const textAt = ({ texts }: Pick<CountedCall, 'texts'>, place: number): string =>
	texts
		.join('\n')
		.split(/(?=#\d+ )/)
		.find((text) => text.startsWith(`#${place} `)) ?? '';

/**
 * The receipt of an answer: its header, the row of its last attempt and what the upstream saw of the turns all say the
 * same, and the upstream's own count, with the answer asked for, is within its window.
 */
export function agreed(told: Told, call: CountedCall, turns: readonly Turn[]): ContextReceipt {
	const { receipt, header, error } = told;
	expect(error).toBeNull();
	if (!receipt) throw new Error('There is no receipt.');
	const { before, after, limit, method, dropped, shortened, summarized, reserve } = receipt;
	expect(after).toBeLessThanOrEqual(limit);
	expect(after + reserve).toBeLessThanOrEqual(call.window);
	expect(call.prompt).toBeLessThanOrEqual(after);
	expect(call.prompt + (call.maxTokens ?? 0)).toBeLessThanOrEqual(call.window);
	if (call.maxTokens !== null) expect(call.maxTokens).toBeLessThanOrEqual(reserve);
	const gone = [...spread(messagesIn(dropped)), ...spread(summarized)].sort((left, right) => left - right);
	expect(gone).toEqual([...turns.keys()].filter((place) => !placesIn(call).includes(place)));
	const left = [...turns.keys()].filter((place) => !gone.includes(place));
	const noted = (note: RegExp) => left.filter((place) => note.test(textAt(call, place)));
	expect(noted(/\n\[… \d+ tokens left out …\]\n/)).toEqual(shortened.map(({ message }) => message));
	expect(noted(/\[image left out\]/)).toEqual(spread(imagesIn(dropped)));
	if (gone.length + shortened.length + dropped.length === 0) expect(after).toBe(before);
	else expect(after).toBeLessThan(before);
	if (header !== null)
		expect(HEADER.exec(header)?.slice(1)).toEqual(
			[before, after, limit, method, spread(messagesIn(dropped)).length, spread(summarized).length].map(String),
		);
	return receipt;
}
