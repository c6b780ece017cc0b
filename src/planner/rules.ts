/** What is taken away of a conversation that is too long: one function a rule, in order, each as much as is missing. */
import type { Message } from '../language/message';
import type { Counter } from './counter';
import type { Draft } from './draft';
import type { Outline, Places } from './exchange';
import { hasImages, leaveOutImages } from './image-note';
import { shortenResult } from './shorten';

export interface Trimming {
	readonly draft: Draft;
	readonly outline: Outline;
	readonly counter: Counter;
	/** The gateway's own messages, which stay as they are. */
	readonly own: (message: Message) => boolean;
}

type Rule = (trimming: Trimming) => void;

export const RULES: readonly Rule[] = [
	(trimming) => shorten(trimming, 0, trimming.outline.last),
	(trimming) => shorten(trimming, trimming.outline.last),
	(trimming) => leaveOut(trimming, 0, trimming.outline.last),
	({ draft, outline }) => drop(draft, outline.orphans),
	({ draft, outline }) => drop(draft, outline.exchanges),
	({ draft, outline }) => drop(draft, outline.rounds),
	(trimming) => leaveOut(trimming, trimming.outline.last),
];

/** As it stands, where it may be shortened. */
function changeable({ draft, own }: Trimming, at: number): Message | null {
	const original = draft.original[at];
	return !original || original.pinned || own(original) ? null : (draft.messages[at] ?? null);
}

/** Oldest first, of the messages from `first` up to and without `end`. */
function shorten(trimming: Trimming, first: number, end = trimming.draft.messages.length): void {
	const { draft, counter } = trimming;
	for (let at = first; at < end && draft.excess > 0; at += 1) {
		const message = changeable(trimming, at);
		if (message?.role !== 'tool' || draft.shortened.has(at)) continue;
		const before = draft.after[at] ?? 0;
		const short = shortenResult(message, before, draft.excess, counter);
		if (!short) continue;
		draft.replace(at, short.message, short.tokens);
		draft.shortened.set(at, { before, after: short.tokens });
	}
}

function leaveOut(trimming: Trimming, first: number, end = trimming.draft.messages.length): void {
	const { draft, counter } = trimming;
	for (let at = first; at < end && draft.excess > 0; at += 1) {
		const message = changeable(trimming, at);
		if (!message || !hasImages(message)) continue;
		const before = draft.after[at] ?? 0;
		const left = leaveOutImages(message, before, draft.excess, counter);
		if (!left) continue;
		draft.replace(at, left.message, left.tokens);
		draft.images.set(at, (draft.images.get(at) ?? 0) + before - left.tokens);
	}
}

/** One after the other, each whole. */
function drop(draft: Draft, units: readonly Places[]): void {
	for (const places of units) {
		if (draft.excess <= 0) return;
		for (const at of places) draft.drop(at);
	}
}
