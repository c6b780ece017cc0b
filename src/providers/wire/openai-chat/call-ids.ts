/** Nine letters or digits: what Mistral's API and chat templates demand of a tool call's id. */
const SHORT = /^[A-Za-z0-9]{9}$/;
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Ids of one conversation as the provider takes them: the same id becomes the same, two never become one. */
export class CallIds {
	readonly #short: boolean;
	readonly #sent = new Map<string, string>();
	readonly #taken = new Set<string>();

	/** `known`: all ids of the conversation, so that a made one never equals one that stays. */
	constructor(short: boolean, known: readonly string[]) {
		this.#short = short;
		if (short) for (const id of known) if (SHORT.test(id)) this.#taken.add(id);
	}

	sent(id: string): string {
		if (!this.#short || SHORT.test(id)) return id;
		const made = this.#sent.get(id) ?? this.#make(id);
		this.#sent.set(id, made);
		return made;
	}

	#make(id: string): string {
		for (let round = 0; ; round++) {
			const made = digest(`${round || ''}${id}`);
			if (this.#taken.has(made)) continue;
			this.#taken.add(made);
			return made;
		}
	}
}

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
