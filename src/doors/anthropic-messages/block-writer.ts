/**
 * Parts of a stream as content blocks, of which one is open at a time here while parts may interleave: what comes for
 * another part waits while a tool call is open whose arguments are not complete. Text and thinking are over as soon as
 * something else begins; what still comes for them is a block of its own.
 */
import type { ChatEvent } from '../../language/event';
import { redactedBlock, textBlock, thinkingBlock, toolUseBlock } from './blocks';
import { citationBody } from './citations';
import { JsonEnd } from './json-end';

export type PartEvent = Exclude<ChatEvent, { type: 'start' | 'usage' | 'finish' | 'error' | 'refusal-delta' }>;

const sse = (event: string, data: string): string => `event: ${event}\ndata: ${data}\n\n`;

export const PING = sse('ping', '{"type": "ping"}');

/** All of a delta but its text: `…"delta":{"type":"text_delta","text":`. */
const deltaHead = (block: number, type: string, field: string): string =>
	`event: content_block_delta\ndata: {"type":"content_block_delta","index":${block},"delta":{"type":"${type}","${field}":`;

const DELTA_END = '}}\n\n';

const HEADS = {
	text: (block: number) => deltaHead(block, 'text_delta', 'text'),
	reasoning: (block: number) => deltaHead(block, 'thinking_delta', 'thinking'),
	'tool-call': (block: number) => deltaHead(block, 'input_json_delta', 'partial_json'),
};

interface Open {
	readonly part: number;
	readonly block: number;
	readonly kind: keyof typeof HEADS;
	readonly head: string;
	/** Arguments of a tool call. */
	readonly json: JsonEnd | null;
	/** `content_block_start` was written; a part of nothing but a signature holds it back, as it may be redacted. */
	started: boolean;
	signature: string;
	redacted: boolean;
}

const KINDS = {
	'text-delta': 'text',
	annotation: 'text',
	'reasoning-delta': 'reasoning',
	'reasoning-signature': 'reasoning',
	'tool-call-start': 'tool-call',
	'tool-call-delta': 'tool-call',
} as const satisfies Record<PartEvent['type'], Open['kind']>;

export class BlockWriter {
	#blocks = 0;
	#calls = 0;
	#open: Open | null = null;
	#waiting: PartEvent[] = [];

	/** Tools were called. */
	get calls(): boolean {
		return this.#calls > 0;
	}

	/** Complete SSE events; empty where there is nothing to say yet. */
	push(event: PartEvent): string {
		const open = this.#open;
		if (open?.part === event.index) return this.#line(open, event) + this.#released(false);
		if (this.#waiting.length > 0 || (open?.json && !open.json.over)) {
			this.#waiting.push(event);
			return '';
		}
		return this.#begun(event);
	}

	/** A whole block of text, after everything else. */
	text(text: string): string {
		const block = this.#blocks++;
		const delta = HEADS.text(block) + JSON.stringify(text) + DELTA_END;
		return this.#start(block, textBlock('')) + delta + stop(block);
	}

	/** What waited, and the end of the last block. */
	end(): string {
		return this.#released(true) + this.#closed();
	}

	/** What waited for the open block, part by part; `forced`: nothing more will come for it. */
	#released(forced: boolean): string {
		let text = '';
		while (this.#waiting.length > 0 && (forced || !this.#open?.json || this.#open.json.over)) {
			const part = this.#waiting[0]?.index;
			const mine = this.#waiting.filter((event) => event.index === part);
			this.#waiting = this.#waiting.filter((event) => event.index !== part);
			for (const event of mine) {
				const open = this.#open;
				text += open?.part === event.index ? this.#line(open, event) : this.#begun(event);
			}
		}
		return text;
	}

	/** A block for the part of this event, after the end of the one before. */
	#begun(event: PartEvent): string {
		// A call whose arguments were complete is closed; it can't go on.
		if (event.type === 'tool-call-delta') return '';
		const closed = this.#closed();
		const kind = KINDS[event.type];
		const block = this.#blocks++;
		const json = kind === 'tool-call' ? new JsonEnd() : null;
		const open: Open = {
			part: event.index,
			block,
			kind,
			head: HEADS[kind](block),
			json,
			started: false,
			signature: '',
			redacted: false,
		};
		this.#open = open;
		if (event.type === 'tool-call-start') {
			this.#calls += 1;
			open.started = true;
			return closed + this.#start(block, toolUseBlock(event.id, event.name, {}));
		}
		return closed + this.#line(open, event);
	}

	#line(open: Open, event: PartEvent): string {
		switch (event.type) {
			case 'text-delta':
				return this.#filled(open, event.text, textBlock(''));
			case 'reasoning-delta':
				return this.#filled(open, event.text, thinkingBlock('', ''));
			case 'tool-call-delta':
				open.json?.push(event.arguments);
				return event.arguments === '' ? '' : open.head + JSON.stringify(event.arguments) + DELTA_END;
			case 'reasoning-signature':
				open.signature += event.signature;
				open.redacted = event.redacted ?? false;
				return '';
			case 'annotation': {
				const citation = citationBody(event.annotation);
				const start = this.#started(open, textBlock(''));
				if (!citation) return start;
				return start + deltaHead(open.block, 'citations_delta', 'citation') + JSON.stringify(citation) + DELTA_END;
			}
			case 'tool-call-start':
				return '';
		}
	}

	#filled(open: Open, text: string, empty: object): string {
		const line = text === '' ? '' : open.head + JSON.stringify(text) + DELTA_END;
		return open.started ? line : this.#started(open, empty) + line;
	}

	#started(open: Open, empty: object): string {
		if (open.started) return '';
		open.started = true;
		return this.#start(open.block, empty);
	}

	/** As Anthropic's own stream, a ping follows the first. */
	#start(block: number, empty: object): string {
		const body = `{"type":"content_block_start","index":${block},"content_block":${JSON.stringify(empty)}}`;
		return sse('content_block_start', body) + (block === 0 ? PING : '');
	}

	/** A signature comes once and whole, last in its block: readers put it in place of the one before. */
	#closed(): string {
		const open = this.#open;
		this.#open = null;
		if (!open) return '';
		if (!open.started && open.redacted)
			return this.#start(open.block, redactedBlock(open.signature)) + stop(open.block);
		const start = this.#started(open, thinkingBlock('', ''));
		if (open.signature === '') return start + stop(open.block);
		const head = deltaHead(open.block, 'signature_delta', 'signature');
		return start + head + JSON.stringify(open.signature) + DELTA_END + stop(open.block);
	}
}

const stop = (block: number): string => sse('content_block_stop', `{"type":"content_block_stop","index":${block}}`);
