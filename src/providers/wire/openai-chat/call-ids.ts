import type { Message } from '../../../language/message';

/** Which ids of tool calls a provider takes. */
export interface IdForm {
	readonly taken: RegExp;
	/** Ahead of the nine letters or digits that stand for any other. */
	readonly prefix: string;
}

/** Nine letters or digits: what Mistral's API and chat templates demand. */
export const NINE: IdForm = { taken: /^[A-Za-z0-9]{9}$/, prefix: '' };
/** OpenAI's Chat Completions: "Expected a string with maximum length 40". */
export const FORTY: IdForm = { taken: /^.{1,40}$/s, prefix: 'call_' };
/** OpenAI's Responses. */
export const SIXTY_FOUR: IdForm = { taken: /^.{1,64}$/s, prefix: 'call_' };

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Ids of one conversation as the provider takes them: the same id becomes the same, two never become one. */
export class CallIds {
	readonly #form: IdForm;
	readonly #known: ReadonlySet<string>;
	readonly #sent = new Map<string, string>();
	readonly #taken = new Set<string>();

	/** `known`: all ids of the conversation, so that a made one never equals one that stays. */
	constructor(form: IdForm, known: readonly string[]) {
		this.#form = form;
		this.#known = new Set(known);
		for (const id of known) if (form.taken.test(id)) this.#taken.add(id);
	}

	/** The id is that of a tool call. */
	has(id: string): boolean {
		return this.#known.has(id);
	}

	sent(id: string): string {
		if (this.#form.taken.test(id)) return id;
		const made = this.#sent.get(id) ?? this.#make(id);
		this.#sent.set(id, made);
		return made;
	}

	#make(id: string): string {
		for (let round = 0; ; round++) {
			const made = this.#form.prefix + digest(`${round || ''}${id}`);
			if (this.#taken.has(made)) continue;
			this.#taken.add(made);
			return made;
		}
	}
}

/** The ids of a conversation's calls and results. */
export const callIdsOf = (messages: readonly Message[]): string[] =>
	messages.flatMap((message) => {
		if (message.role === 'tool') return [message.callId];
		if (message.role !== 'assistant') return [];
		return message.content.flatMap((part) => (part.type === 'tool-call' ? part.id : []));
	});

/** FNV-1a over 64 bits, of which nine digits of base 62 hold 53. */
function digest(text: string): string {
	let hash = 0xcbf29ce484222325n;
	for (let at = 0; at < text.length; at++) {
		hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * 0x100000001b3n);
	}
	let made = '';
	for (let place = 0; place < 9; place++) {
		made += DIGITS[Number(hash % 62n)];
		hash /= 62n;
	}
	return made;
}
