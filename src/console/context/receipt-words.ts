/** A receipt of the context planner in words: what was done so that a conversation fits. */
import type { ContextReceipt } from '../../client';
import { count, counted } from '../ui/format';

const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });

interface Counting {
	/** `provider`: by its own endpoint. */
	readonly method: ContextReceipt['method'] | 'provider';
	/** null: not known. */
	readonly factor: number | null;
}

/** How prompt tokens were counted. */
export function methodText({ method, factor }: Counting): string {
	switch (method) {
		case 'bound':
			return 'at most so many, from lengths alone';
		case 'exact':
			return 'by the model’s own encoding';
		case 'calibrated':
			return `by a similar encoding${factor === null || factor === 1 ? '' : `, times ${plain.format(factor)}`}`;
		case 'provider':
			return 'by the provider itself';
	}
}

interface Run {
	readonly first: number;
	readonly last: number;
}

/** As people count: `1`, `2–5`. */
export const placesText = ({ first, last }: Run): string =>
	first === last ? count(first + 1) : `${count(first + 1)}–${count(last + 1)}`;

const messagesIn = (runs: readonly Run[]): number => runs.reduce((sum, { first, last }) => sum + last - first + 1, 0);

/** `a`, `a and b`, `a, b and c` */
const listed = new Intl.ListFormat('en', { style: 'long', type: 'conjunction' });

function deeds({ shortened, dropped, summarized }: ContextReceipt): readonly string[] {
	const images = messagesIn(dropped.filter(({ what }) => what === 'images'));
	const gone = messagesIn(dropped.filter(({ what }) => what === 'messages'));
	const summed = messagesIn(summarized);
	return [
		shortened.length > 0 ? `${counted(shortened.length, 'tool result')} shortened` : '',
		images > 0 ? `the images of ${counted(images, 'message')} left out` : '',
		summed > 0 ? `${counted(summed, 'message')} summarized` : '',
		gone > 0 ? `${counted(gone, 'message')} dropped` : '',
	].filter((deed) => deed !== '');
}

export const isUntouched = ({ shortened, dropped, summarized }: ContextReceipt): boolean =>
	shortened.length + dropped.length + summarized.length === 0;

/** What became of the conversation, in a sentence or two. */
export function receiptText(receipt: ContextReceipt): string {
	const { before, after, limit, replans } = receipt;
	const what = isUntouched(receipt)
		? `Nothing was taken away: ${counted(after, 'prompt token')}, ${after > limit ? 'though only' : 'and'} ${count(limit)} fit.`
		: `From ${count(before)} to ${counted(after, 'prompt token')}, since ${count(limit)} fit: ${listed.format(deeds(receipt))}.`;
	const anew =
		replans === 0
			? ''
			: ` Planned anew ${replans === 1 ? 'once' : `${count(replans)} times`}, since the provider still found it too long.`;
	return what + anew;
}

/** One row of what was taken away. Tokens. */
export interface TakenAway {
	readonly what: string;
	/** Places among the messages of the request, as people count. */
	readonly messages: string;
	readonly before: number;
	readonly after: number;
}

/** In the order of the conversation. */
export function takenAway({ shortened, dropped, summarized }: ContextReceipt): readonly TakenAway[] {
	const rows = [
		...shortened.map(({ message, before, after }) => ({
			run: { first: message, last: message },
			what: 'tool result shortened',
			before,
			after,
		})),
		...dropped.map(({ what, tokens, ...run }) => ({
			run,
			what: what === 'images' ? 'images left out' : 'dropped',
			before: tokens,
			after: 0,
		})),
		...summarized.map(({ model, cached, tokens, into, ...run }) => ({
			run,
			what: `summarized by ${model}${cached ? ', kept from an earlier request' : ''}`,
			before: tokens,
			after: into,
		})),
	];
	return rows
		.sort((one, other) => one.run.first - other.run.first)
		.map(({ run, ...row }) => ({ ...row, messages: placesText(run) }));
}
