/**
 * One summary, written through the same path as any request: its own id, hold, limits and rows, under the caller's key.
 */
import { toGatewayError } from '../errors';
import type { Message } from '../language/message';
import { partsOf, roomFor, summaryMessages, summaryOf } from '../planner/summary-prompt';
import { toolNamesOf, written } from '../planner/transcript';
import { LATE, sleep, within } from '../wait';
import type { ChatAnswer, ChatCall } from './call';
import { aborted } from './meter';
import type { Ports } from './ports';
import { chosenConfig, summarizerOf } from './summarizer';
import type { Summarizing } from './summary';

export type SummaryCaller = (call: ChatCall, ports: Ports) => Promise<ChatAnswer>;

export interface Kept {
	readonly text: string;
	/** `provider/model` that wrote it. */
	readonly model: string;
}

export interface SummaryJob {
	readonly name: string;
	/** Oldest first. */
	readonly messages: readonly Message[];
	/** Of what came before them; null: nothing did. */
	readonly soFar: string | null;
	/** Most tokens of the summary. */
	readonly most: number;
}

interface Failed {
	/** As a clause. */
	readonly failed: string;
}

/** On each row that a summary costs. */
export const SUMMARY_TAG = 'switchyard:summary';

/** Longest that a request waits for its summary (ms), and share of the time until its commit deadline. */
const PATIENCE_MS = 20_000;
const PATIENCE_SHARE = 1 / 3;
/** With less left none is begun (ms). */
const LEAST_PATIENCE_MS = 500;
/** A summary that is late for its request is finished for the next one, for so long (ms). */
const LONGEST_MS = 60_000;
const POLL_MS = 100;
/** Output beside the summary that a model which reasons first may need (tokens). */
const REASONING = 2_048;
/** Kept free in the summarizer's prompt (tokens). */
const SAFETY = 128;
const MARK_LENGTH = 12;

/** null: none is known, or what is kept there is none. */
export async function readKept(name: string, { summaries }: Pick<Ports, 'summaries'>): Promise<Kept | null> {
	const stored = await summaries.read(name);
	if (stored === null) return null;
	try {
		const { text, model }: Partial<Record<string, unknown>> = JSON.parse(stored);
		return typeof text === 'string' && typeof model === 'string' && text !== '' ? { text, model } : null;
	} catch {
		return null;
	}
}

type Written = (Kept & { readonly cached: boolean }) | Failed;

/** Never later than the request can wait. Requests of one isolate that want the same share one. */
export async function writeSummary(job: SummaryJob, asked: Summarizing, ports: Ports): Promise<Written> {
	const { chat, call, commitBy } = asked;
	if (chat === null) return { failed: 'none was written before' };
	const { time, summaries } = ports;
	const patience = Math.floor(Math.min(PATIENCE_MS, (commitBy - time.now()) * PATIENCE_SHARE));
	if (patience < LEAST_PATIENCE_MS) return { failed: 'there was no time left for it' };
	const work = summaries.begin(job.name, LONGEST_MS);
	if (work === null) return another(job.name, patience, call.signal, ports);
	const controller = new AbortController();
	const leave = (): void => {
		if (!work.wanted()) controller.abort(aborted());
	};
	if (call.signal?.aborted) leave();
	call.signal?.addEventListener('abort', leave, { once: true });
	const stop = time.after(LONGEST_MS, () => controller.abort(aborted()));
	const writing = folded(job, { ...asked, chat }, controller.signal, ports).finally(() => {
		stop();
		work.end();
		call.signal?.removeEventListener('abort', leave);
	});
	ports.defer(writing);
	const written = await within(time, patience, writing);
	return written === LATE ? late(patience) : written;
}

const late = (ms: number): Failed => ({ failed: `it was not there within ${ms} ms` });

/** What another request of this isolate is writing. Looked for, not awaited: one request's promises are its own. */
async function another(name: string, ms: number, signal: AbortSignal | null, ports: Ports): Promise<Written> {
	const { time, summaries } = ports;
	const by = time.now() + ms;
	while (summaries.writing(name) && !signal?.aborted) {
		const left = by - time.now();
		if (left <= 0) return late(ms);
		await sleep(time, Math.min(POLL_MS, left));
	}
	const kept = await readKept(name, ports);
	return kept ? { ...kept, cached: true } : { failed: 'another request failed to write it' };
}

type Asking = Omit<Summarizing, 'chat'> & { readonly chat: SummaryCaller };

/** Part after part, each with the summary of those before it. Never rejects. */
async function folded(job: SummaryJob, asked: Asking, signal: AbortSignal, ports: Ports): Promise<Written> {
	try {
		const facts = summarizerOf(asked, ports);
		const { maxInputTokens, maxOutputTokens } = asked.policy;
		const maxTokens = Math.min(
			job.most + (facts.reasoning ? REASONING : 0),
			facts.maxOutput ?? Number.POSITIVE_INFINITY,
			maxOutputTokens ?? Number.POSITIVE_INFINITY,
		);
		const limit = Math.min(
			facts.contextWindow - maxTokens,
			facts.inputLimit ?? Number.POSITIVE_INFINITY,
			maxInputTokens ?? Number.POSITIVE_INFINITY,
		);
		return await foldedWithin(job, { limit: limit - SAFETY, maxTokens }, asked, signal, ports);
	} catch (thrown) {
		const { code, message } = toGatewayError(thrown);
		ports.log('warn', 'summary-failed', { requestId: asked.call.requestId, summarizer: asked.policy.summarizer, code });
		return { failed: `${asked.policy.summarizer} could not write it: ${message.replace(/\.$/, '')}` };
	}
}

interface Frame {
	/** Of the summarizer's prompt (tokens). */
	readonly limit: number;
	readonly maxTokens: number;
}

/** Throws GatewayError: the summarizer's. */
async function foldedWithin(
	{ name, messages, soFar, most }: SummaryJob,
	{ limit, maxTokens }: Frame,
	asked: Asking,
	signal: AbortSignal,
	ports: Ports,
): Promise<Written> {
	const { counter } = asked.terms;
	const mark = `#${name.slice(0, MARK_LENGTH)}`;
	const tools = toolNamesOf(messages);
	const entries = messages.map((message) => written(message, mark, tools));
	const parts = partsOf(entries, roomFor(limit, most), counter);
	if (parts === null) return { failed: `it is too long for ${asked.policy.summarizer} to read in a few calls` };
	const own = { ...ports, config: chosenConfig(ports.config, asked.residency) };
	let kept: Kept | null = null;
	for (const transcript of parts) {
		const part = { mark, soFar: kept?.text ?? soFar, transcript, most };
		const { response, meta } = await asked.chat(callOf(summaryMessages(part), maxTokens, asked, signal, ports), own);
		const summary = summaryOf(response, most, counter);
		if ('failed' in summary) return summary;
		kept = { text: summary.text.replaceAll(mark, ''), model: `${meta.provider}/${meta.model}` };
	}
	if (kept === null) return { failed: 'there is nothing to summarise' };
	ports.summaries.write(name, JSON.stringify(kept));
	return { ...kept, cached: false };
}

function callOf(
	messages: readonly Message[],
	maxTokens: number,
	{ call, request, policy }: Asking,
	signal: AbortSignal,
	{ newId, time }: Ports,
): ChatCall {
	const { user, runId, tags = [] } = request;
	return {
		requestId: newId(),
		clientRequestId: call.clientRequestId,
		agent: null,
		fallback: true,
		receivedAt: time.now(),
		signal,
		request: {
			model: policy.summarizer,
			messages,
			maxTokens,
			context: { mode: 'refuse' },
			tags: [...tags, SUMMARY_TAG],
			...(user !== undefined && { user }),
			...(runId !== undefined && { runId }),
		},
	};
}
