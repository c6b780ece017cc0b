/** One choice of a stream: its events as `chat.completion.chunk` lines, the envelope serialised once. */
import type { ChatEvent } from '../../language/event';
import type { FinishReason, TokenLogprob } from '../../language/request';
import type { Usage } from '../../language/usage';
import { annotationBody, finishReason, logprobBody, reasoningDetail } from './response';

/** What is the same in every chunk of an answer. */
export interface Envelope {
	readonly id: string;
	/** seconds since epoch */
	readonly created: number;
	/** Used where the upstream does not name its model. */
	readonly model: string;
	/** With `stream_options.include_usage` every chunk but the last says `usage: null`, as OpenAI's do. */
	readonly includeUsage: boolean;
}

/** `data: {"id":…,"object":…,"created":…,"model":…` without its end. */
export const chunkHead = ({ id, created }: Envelope, model: string): string =>
	`data: {"id":${JSON.stringify(id)},"object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(model)}`;

type Delta = Exclude<ChatEvent, { type: 'start' | 'usage' | 'finish' | 'error' }>;

interface OpenReasoning {
	readonly index: number;
	text: string;
	signature: string | undefined;
	redacted: boolean;
}

export class ChoiceWriter {
	usage: Usage | null = null;
	/** The upstream's own spelling. */
	model: string;
	readonly #envelope: Envelope;
	readonly #number: number;
	#prefix = '';
	#hasRole = false;
	/** Part index → number of the tool call, and whether it has arguments yet. */
	readonly #calls = new Map<number, { readonly number: number; empty: boolean }>();
	/** Text part index → UTF-16 units of text before it. */
	readonly #shifts = new Map<number, number>();
	#textLength = 0;
	#reasoning: OpenReasoning | null = null;

	constructor(envelope: Envelope, number: number) {
		this.#envelope = envelope;
		this.#number = number;
		this.model = envelope.model;
		this.start('');
	}

	start(model: string): void {
		this.model = model || this.#envelope.model;
		this.#prefix = `${chunkHead(this.#envelope, this.model)},"choices":[{"index":${this.#number},"delta":`;
	}

	/** Complete SSE events for one delta. */
	delta(event: Delta): string {
		let text = this.#role(event.type);
		if (this.#reasoning && !(event.type.startsWith('reasoning') && event.index === this.#reasoning.index))
			text += this.#reasoningEnd();
		return text + this.#line(event);
	}

	/** The chunk with the finish reason; `fields` are members of the chunk beside `choices`, e.g. `,"usage":{…}`. */
	finish(finish: FinishReason, fields: string): string {
		const reason = finishReason(finish, this.#calls.size > 0);
		const open = this.#role('finish') + this.#reasoningEnd() + this.#emptyArguments();
		const usage = fields === '' && this.#envelope.includeUsage ? ',"usage":null' : fields;
		return `${open}${this.#prefix}{},"logprobs":null,"finish_reason":"${reason}"}]${usage}}\n\n`;
	}

	#line(event: Delta): string {
		switch (event.type) {
			case 'text-delta':
				if (!this.#shifts.has(event.index)) this.#shifts.set(event.index, this.#textLength);
				this.#textLength += event.text.length;
				return this.#chunk(`{"content":${JSON.stringify(event.text)}}`, event.logprobs);
			case 'refusal-delta':
				return this.#chunk(`{"refusal":${JSON.stringify(event.text)}}`);
			case 'reasoning-delta':
				this.#reasoningAt(event.index).text += event.text;
				return this.#chunk(`{"reasoning_content":${JSON.stringify(event.text)}}`);
			case 'reasoning-signature': {
				const part = this.#reasoningAt(event.index);
				part.signature = (part.signature ?? '') + event.signature;
				part.redacted = event.redacted ?? false;
				return '';
			}
			case 'annotation': {
				const shift = this.#shifts.get(event.index) ?? this.#textLength;
				return this.#chunk(JSON.stringify({ annotations: [annotationBody(event.annotation, shift)] }));
			}
			case 'tool-call-start': {
				const number = this.#calls.size;
				this.#calls.set(event.index, { number, empty: true });
				const { id, name } = event;
				return this.#call({ index: number, id, type: 'function', function: { name, arguments: '' } });
			}
			case 'tool-call-delta': {
				const call = this.#calls.get(event.index);
				if (!call || event.arguments === '') return '';
				call.empty = false;
				return this.#call({ index: call.number, function: { arguments: event.arguments } });
			}
		}
	}

	#chunk(delta: string, logprobs?: readonly TokenLogprob[]): string {
		const tail = this.#envelope.includeUsage
			? '"finish_reason":null}],"usage":null}\n\n'
			: '"finish_reason":null}]}\n\n';
		return `${this.#prefix}${delta},"logprobs":${logprobs ? JSON.stringify(logprobBody(logprobs)) : 'null'},${tail}`;
	}

	#call(call: object): string {
		return this.#chunk(`{"tool_calls":[${JSON.stringify(call)}]}`);
	}

	/** The role comes in a chunk of its own, first; content is null there where a tool call opens the answer. */
	#role(type: ChatEvent['type']): string {
		if (this.#hasRole) return '';
		this.#hasRole = true;
		const content = type === 'tool-call-start' ? 'null' : '""';
		return this.#chunk(`{"role":"assistant","content":${content},"refusal":null}`);
	}

	#reasoningAt(index: number): OpenReasoning {
		this.#reasoning ??= { index, text: '', signature: undefined, redacted: false };
		return this.#reasoning;
	}

	/** A signed part is given whole once it is over, so that it can be replayed; its text has streamed already. */
	#reasoningEnd(): string {
		const part = this.#reasoning;
		this.#reasoning = null;
		if (part?.signature === undefined) return '';
		const { index, text, signature, redacted } = part;
		const detail = reasoningDetail({ type: 'reasoning', text, signature, redacted }, index);
		return this.#chunk(JSON.stringify({ reasoning_details: [detail] }));
	}

	/** A call without arguments has the arguments `{}`: an empty text would not parse. */
	#emptyArguments(): string {
		let text = '';
		for (const { number, empty } of this.#calls.values())
			if (empty) text += this.#call({ index: number, function: { arguments: '{}' } });
		return text;
	}
}
