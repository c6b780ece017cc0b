/** What must hold of every request and of the books, whatever happened. Each breach is one line that names its request. */
import type { CallMeta } from '../../src/gateway/call';
import type { EntryState, LedgerEntry } from '../../src/ledger/contract';
import { DIALECTS } from './dialects';
import { answerers, CONTENT_THEN_END, type Table } from './fate';
import type { Answered } from './traffic';
import { type Call, laneOf } from './upstreams';
import type { World } from './world';

export interface Judged {
	/** Answers that are not what one upstream said. */
	readonly answers: readonly string[];
	/** Upstream calls that ought not to have been made, or were not let go of. */
	readonly calls: readonly string[];
	/** Calls and what the ledger says of them; work in the background that failed. */
	readonly books: readonly string[];
	/** Requests that got an error in an answer's place. */
	readonly failed: readonly number[];
	/** Of those, requests that somebody would have answered within his tries. */
	readonly needless: readonly number[];
	readonly inBand: number;
	readonly made: number;
	/** Upstream calls less entries. */
	readonly difference: number;
}

export interface Judging {
	readonly table: Table;
	readonly requests: number;
	/** Those that may be asked (`laneOf`), and tries of each. */
	readonly targets: readonly number[];
	readonly tries: number;
}

const described = (calls: readonly Call[]): string =>
	calls.map((call) => `${laneOf(call.target, call.key)}.${call.attempt} ${call.fate} @${call.startedAt}`).join(', ');

export function judge(world: World, answers: readonly Answered[], judging: Judging): Judged {
	const breaches = { answers: [] as string[], calls: [] as string[], books: [] as string[] };
	const failed: number[] = [];
	const needless: number[] = [];
	const entries = entriesOf(world);
	if (answers.length !== judging.requests) breaches.answers.push(`${judging.requests - answers.length} never ended`);
	for (const rejection of world.rejections) breaches.books.push(`work in the background failed: ${rejection}`);
	for (const answered of answers) {
		const calls = world.upstreams.calls.get(answered.request) ?? [];
		const told = (breach: string): string =>
			`request ${answered.request} (${answered.mode}): ${breach}; ${described(calls)}`;
		breaches.answers.push(...ofAnswer(answered, calls).map(told));
		breaches.calls.push(...ofCalls(answered, calls).map(told));
		breaches.books.push(...ofBooks(answered, calls, entries).map(told));
		if (answered.end !== 'failed') continue;
		failed.push(answered.request);
		if (wouldAnswer(answered, judging)) needless.push(answered.request);
	}
	breaches.books.push(...ofLedgers(world, entries));
	return {
		...breaches,
		failed,
		needless,
		inBand: answers.filter(({ end }) => end === 'in-band').length,
		made: world.upstreams.count(),
		difference: world.upstreams.count() - entries.size,
	};
}

const wouldAnswer = ({ request, mode }: Answered, { table, targets, tries }: Judging): boolean =>
	answerers(table, { request, streamed: mode === 'streamed', targets, tries }).length > 0;

/** Why a request failed although somebody would have answered it. */
export function explained(world: World, answered: Answered, judging: Judging): string {
	const { request, mode, error, startedAt, endedAt } = answered;
	const able = answerers(judging.table, { request, streamed: mode === 'streamed', ...judging });
	const gates = world.gates.filter(({ at }) => at >= startedAt && at <= endedAt);
	return [
		`request ${request} (${mode}), ${startedAt} to ${endedAt}: ${error?.code}: ${error?.message}`,
		`calls: ${described(world.upstreams.calls.get(request) ?? [])}`,
		`able: ${able.map(([target, attempt]) => `${target}.${attempt}`).join(', ')}`,
		`breakers: ${gates.map(({ endpoint, at, answer }) => `${endpoint} ${answer} @${at}`).join(', ')}`,
	].join('; ');
}

/** What the caller got is what one upstream said, whole or from its beginning, and nothing else. */
function ofAnswer(answered: Answered, calls: readonly Call[]): string[] {
	const breaches: string[] = [];
	const last = calls.at(-1);
	if (answered.violation) breaches.push(`the stream broke its grammar: ${answered.violation}`);
	if (answered.end === 'answered') {
		if (last?.fate !== 'answer') breaches.push(`a clean end after ${last?.fate}`);
		if (answered.text !== last?.text) breaches.push(`'${answered.text}' is not what '${last?.text}' said`);
	}
	if (answered.end === 'in-band') {
		if (!last || !CONTENT_THEN_END.has(last.fate)) breaches.push(`an in-band error after ${last?.fate}`);
		if (!isBeginning(answered.text, last?.text)) breaches.push(`'${answered.text}' is no beginning of '${last?.text}'`);
	}
	if (answered.end === 'left' && !last?.text.startsWith(answered.text) && answered.text !== '')
		breaches.push(`'${answered.text}' is not how '${last?.text}' begins`);
	for (const meta of [answered.meta, answered.lastMeta]) if (meta) breaches.push(...ofMeta(meta, calls));
	return breaches;
}

const isBeginning = (text: string, whole = ''): boolean =>
	text.length > 0 && text.length < whole.length && whole.startsWith(text);

function ofMeta({ attempts, provider, routing }: CallMeta, calls: readonly Call[]): string[] {
	const breaches: string[] = [];
	if (attempts !== calls.length) breaches.push(`${attempts} attempts were named, ${calls.length} made`);
	if (provider !== DIALECTS[calls.at(-1)?.target ?? -1]?.provider) breaches.push(`${provider} was named as answering`);
	const tried = routing.steps.reduce((sum, step) => sum + step.attempts, 0);
	if (tried !== calls.length) breaches.push(`the decision holds ${tried} attempts of ${calls.length}`);
	return breaches;
}

/** One at a time, each given up or over before the next, none after an answer, and all of them let go of in the end. */
function ofCalls({ leftAt }: Answered, calls: readonly Call[]): string[] {
	const breaches: string[] = [];
	for (const [at, call] of calls.entries()) {
		const next = calls[at + 1];
		if (call.endedAt === null) breaches.push(`call ${at + 1} was never let go of`);
		else if (next && call.endedAt > next.startedAt) breaches.push(`call ${at + 2} began before ${at + 1} was over`);
		if (leftAt !== null && call.startedAt > leftAt) breaches.push(`call ${at + 1} began after the caller had left`);
		if (leftAt !== null && (call.endedAt ?? 0) > leftAt) breaches.push(`call ${at + 1} went on for nobody`);
		if (next && call.fate === 'answer') breaches.push(`call ${at + 2} followed an answer`);
	}
	return breaches;
}

/**
 * States by what happened: what delivered content was bought; silence after the request was taken, or an answer that was
 * begun and is of no use, may have been; a refusal, a web page, or nobody at the other end, was not. A body that is no
 * stream has no content before its end.
 */
function stateOf({ fate, streamed }: Call): EntryState {
	switch (fate) {
		case 'answer':
			return 'settled';
		case 'cut-after':
		case 'drip-after':
			return streamed ? 'settled' : 'unknown';
		case 'hang':
		case 'drip-before':
		case 'cut-before':
		case 'wrong-json':
		case 'empty':
			return 'unknown';
		case 'limited':
		case 'limited-until':
		case 'server-error':
		case 'overloaded':
		case 'unavailable':
		case 'reset':
		case 'refused':
		case 'redirect':
		case 'key-dead':
		case 'html':
		case 'error-event':
			return 'released';
	}
}

/** One entry for each call, in order, of the provider that was called, in the state that its end asks for. */
function ofBooks(answered: Answered, calls: readonly Call[], entries: ReadonlyMap<string, LedgerEntry>): string[] {
	const breaches: string[] = [];
	for (const [at, call] of calls.entries()) {
		const entry = entries.get(`${answered.requestId}.${at + 1}`);
		if (!entry) {
			breaches.push(`call ${at + 1} has no entry`);
			continue;
		}
		if (entry.provider !== DIALECTS[call.target]?.provider) breaches.push(`entry ${at + 1} names ${entry.provider}`);
		const left = answered.end === 'left' && at === calls.length - 1;
		if (!left && entry.state !== stateOf(call)) breaches.push(`${call.fate} is ${entry.state} in the books`);
		if (at < calls.length - 1 && entry.routing) breaches.push(`entry ${at + 1} carries the decision before its end`);
	}
	if (entries.has(`${answered.requestId}.${calls.length + 1}`)) breaches.push('there is an entry without a call');
	return breaches;
}

function entriesOf(world: World): Map<string, LedgerEntry> {
	const all = new Map<string, LedgerEntry>();
	for (const ledger of world.ledgers.values()) for (const [id, entry] of ledger.entries()) all.set(id, entry);
	return all;
}

/** Nothing is held any more, and what was spent is the sum of the entries. */
function ofLedgers(world: World, entries: ReadonlyMap<string, LedgerEntry>): string[] {
	const breaches: string[] = [];
	for (const [organizationId, ledger] of world.ledgers) {
		if (ledger.held() !== 0n) breaches.push(`${organizationId} still holds ${ledger.held()}`);
		let spent = 0n;
		for (const entry of entries.values()) if (entry.organizationId === organizationId) spent += entry.costNanoUsd ?? 0n;
		if (ledger.spent() !== spent) breaches.push(`${organizationId} spent ${ledger.spent()}, its entries say ${spent}`);
	}
	return breaches;
}
