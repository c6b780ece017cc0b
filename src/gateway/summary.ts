/**
 * Summaries in the place of what does not fit. Names are hashes over organization, summarizer and all that a summary
 * stands for, so that one is found again as the conversation grows, and none of another conversation ever is.
 */
import { sha256Hex } from '../auth/digest';
import type { ContextPolicy, Summarized } from '../language/context';
import type { ChatRequest, Warning } from '../language/request';
import type { PlanResult, PlanTerms } from '../planner/planning';
import {
	type Beginning,
	beginningOf,
	endOf,
	lookedFor,
	messagesBetween,
	noteOf,
	roomBeside,
	runsOf,
	withNote,
} from '../planner/summarize';
import { shortened } from '../planner/summary-prompt';
import type { ChatCall } from './call';
import type { Ports, Snapshot } from './ports';
import { type Kept, readKept, type SummaryCaller, writeSummary } from './summary-writer';

export interface Summarizing {
	/** The request that it is for. */
	readonly call: Pick<ChatCall, 'requestId' | 'clientRequestId' | 'signal'>;
	/** Whose it is. */
	readonly snapshot: Snapshot;
	/** In force for it. */
	readonly policy: ContextPolicy & { readonly summarizer: string };
	/** Of the routing policy in force: it holds for the summarizer too. */
	readonly residency: readonly string[] | undefined;
	/** As it would be planned: prompt and settings are in it. */
	readonly request: ChatRequest;
	readonly terms: PlanTerms;
	/** What `plan` makes of it without a summary. */
	readonly trimmed: Extract<PlanResult, { readonly kind: 'fits' }>;
	readonly plan: (request: ChatRequest, terms: PlanTerms) => PlanResult;
	/** ms since epoch: the request's commit deadline. */
	readonly commitBy: number;
	/** `run.ts`'s; null: only what was written before is used. */
	readonly chat: SummaryCaller | null;
}

export type SummaryResult =
	| {
			/** With a summary in the place of what it stands for; planned by `plan` it fits. */
			readonly request: ChatRequest;
			readonly summarized: readonly Summarized[];
			/** As they were: the summary has none. */
			readonly places: PlanTerms['places'];
			/** Where only an earlier summary could be used, and what came since is trimmed. */
			readonly warnings: readonly Warning[];
	  }
	/** Why there is none, as a clause. */
	| { readonly failed: string };

type Success = Exclude<SummaryResult, { readonly failed: string }>;

/** For the answer, where `failed` says why nothing was summarised. */
export const notSummarized = (failed: string): Warning => ({
	field: 'context',
	message: `The conversation was trimmed without a summary: ${failed}.`,
});

const onlyEarlier = (failed: string): Warning => ({
	field: 'context',
	message: `What came after the earlier summary was trimmed without one: ${failed}.`,
});

const NO_ROOM = { failed: 'what must stay leaves no room for one' };

/** Never rejects: where there is no summary the conversation is trimmed. */
export async function summarized(asked: Summarizing, ports: Ports): Promise<SummaryResult> {
	try {
		const beginning = beginningOf(asked.request, asked.trimmed.receipt, asked.terms);
		return beginning ? await withSummary(beginning, asked, ports) : { failed: 'too little of it may be summarised' };
	} catch (error) {
		ports.log('error', 'summary-failed', { requestId: asked.call.requestId, error });
		return { failed: 'it could not be made' };
	}
}

async function withSummary(beginning: Beginning, asked: Summarizing, ports: Ports): Promise<SummaryResult> {
	const names = await namesOf(beginning, asked);
	const earlier = await foundAmong(lookedFor(beginning), names, ports);
	const before = earlier && applied(earlier, earlier.end, true, beginning, asked);
	if (before?.whole) return before.success;
	const from = earlier ? earlier.end + 1 : 0;
	const end = endOf(beginning, from);
	if (end === null) return before?.success ?? NO_ROOM;
	const { most } = beginning;
	const without = ({ failed }: { readonly failed: string }): SummaryResult =>
		before ? { ...before.success, warnings: [onlyEarlier(failed)] } : { failed };
	if (!hasRoom(end, beginning, asked)) return without(NO_ROOM);
	const messages = messagesBetween(beginning, from, end);
	const soFar = earlier && shortened(earlier.text, most, asked.terms.counter);
	const written = await writeSummary({ name: names[end] ?? '', messages, soFar, most }, asked, ports);
	if ('failed' in written) return without(written);
	return applied(written, end, written.cached, beginning, asked)?.success ?? without(NO_ROOM);
}

/** Asked before anything is paid. */
function hasRoom(end: number, beginning: Beginning, { request, terms, plan }: Summarizing): boolean {
	const gone = new Set(messagesBetween(beginning, 0, end));
	const left = request.messages.filter((message) => !gone.has(message));
	const room = roomBeside(terms.room, beginning.most);
	return plan({ ...request, messages: left }, { ...terms, room }).kind === 'fits';
}

/** Of the summary that ends with each stretch: each goes over all before it. */
async function namesOf({ stretches }: Beginning, { snapshot, policy }: Summarizing): Promise<readonly string[]> {
	let name = JSON.stringify(['summary', snapshot.organization.id, policy.summarizer]);
	const names: string[] = [];
	for (const { text } of stretches) {
		name = await sha256Hex(`${name}\n${text}`);
		names.push(name);
	}
	return names;
}

/** Looked for at a time: KV answers so many at once. */
const AT_ONCE = 4;

/** The longest that is known. */
async function foundAmong(
	ends: readonly number[],
	names: readonly string[],
	ports: Ports,
): Promise<(Kept & { readonly end: number }) | null> {
	for (let at = 0; at < ends.length; at += AT_ONCE) {
		const some = ends.slice(at, at + AT_ONCE);
		const read = await Promise.all(some.map((end) => readKept(names[end] ?? '', ports)));
		for (const [index, end] of some.entries()) {
			const kept = read[index];
			if (kept) return { ...kept, end };
		}
	}
	return null;
}

interface Applied {
	readonly success: Success;
	/** Nothing need be dropped beside. */
	readonly whole: boolean;
}

/** The summary of all stretches up to and with `end` in their place; null: it does not fit even so. */
function applied(
	{ text, model }: Kept,
	end: number,
	cached: boolean,
	beginning: Beginning,
	{ request, terms, plan }: Summarizing,
): Applied | null {
	const { counter, places } = terms;
	const gone = new Set(messagesBetween(beginning, 0, end));
	const note = noteOf(shortened(text, beginning.most, counter), gone.size);
	const into = Math.ceil(counter.message(note));
	const summarized = runsOf(gone, terms).map((run, index) => ({ ...run, into: index === 0 ? into : 0, model, cached }));
	const success = { request: withNote(request, note, gone), summarized, places, warnings: [] };
	const planned = plan(success.request, { ...terms, summarized });
	if (planned.kind !== 'fits') return null;
	return { success, whole: planned.receipt.dropped.every(({ what }) => what !== 'messages') };
}
