/** One choice of a stream: its events as `chat.completion.chunk` lines, the envelope serialised once. */
import type { ChatEvent } from '../../language/event';
import type { FinishReason } from '../../language/request';
import type { Usage } from '../../language/usage';
import { CallWriter } from './call-writer';
import { reasoningDetails } from './reasoning';
import { annotationBody, finishReason, logprobBody } from './response';

/** What is the same in every chunk of an answer. */
export interface Envelope {
	readonly id: string;
	/** seconds since epoch */
	readonly created: number;
	/** Used where the upstream does not name its model. */
	readonly model: string;
	/** With `stream_options.include_usage` every chunk but the last says `usage: null`, as OpenAI's do. */
	readonly includeUsage: boolean;
	/** Tools were asked for as `functions`. */
	readonly legacy: boolean;
}

/** `data: {"id":…,"object":…,"created":…,"model":…` without its end. */
export const chunkHead = ({ id, created }: Envelope, model: string): string =>
	`data: {"id":${JSON.stringify(id)},"object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(model)}`;

type Delta = Exclude<ChatEvent, { type: 'start' | 'usage' | 'finish' | 'error' }>;

interface OpenReasoning {
	text: string;
	signature?: string;
	redacted?: boolean;
}

export class ChoiceWriter {
	usage: Usage | null = null;
	/** The upstream's own spelling. */
	model: string;
	readonly #envelope: Envelope;
	readonly #number: number;
	#prefix = '';
	#hasRole = false;
	readonly #calls: CallWriter;
	/** Text part index → UTF-16 units of text before it. */
	readonly #shifts = new Map<number, number>();
	#textLength = 0;
	readonly #annotations: unknown[] = [];
	/** By part index. */
	readonly #reasoning = new Map<number, OpenReasoning>();
	/** Index of the part that was opened last. */
	#latest = -1;

	constructor(envelope: Envelope, number: number) {
		this.#envelope = envelope;
		this.#number = number;
		this.#calls = new CallWriter(envelope.legacy);
		this.model = envelope.model;
		this.start('');
	}

	start(model: string): void {
		this.model = model || this.#envelope.model;
		this.#prefix = `${chunkHead(this.#envelope, this.model)},"choices":[{"index":${this.#number},"delta":`;
	}

	/** Complete SSE events for one delta. */
	delta(event: Delta): string {
		const text = this.#role(event.type) + this.#line(event);
		if (event.index > this.#latest) this.#latest = event.index;
		return text;
	}

	/** The chunk with the finish reason; `fields` are members of the chunk beside `choices`, e.g. `,"usage":{…}`. */
	finish(finish: FinishReason, fields: string): string {
		const reason = finishReason(finish, this.#calls.any, this.#envelope.legacy);
		let text = this.#role('finish') + this.#gathered();
		for (const delta of this.#calls.emptyArguments()) text += this.#chunk(delta);
		const usage = fields === '' && this.#envelope.includeUsage ? ',"usage":null' : fields;
		return `${text}${this.#prefix}{},"logprobs":null,"finish_reason":"${reason}"}]${usage}}\n\n`;
	}

	#line(event: Delta): string {
		switch (event.type) {
			case 'text-delta':
				if (!this.#shifts.has(event.index)) this.#shifts.set(event.index, this.#textLength);
				this.#textLength += event.text.length;
				return this.#chunk(`{"content":${JSON.stringify(event.text)}}`, event.logprobs && logprobBody(event.logprobs));
			case 'refusal-delta':
				return this.#chunk(
					`{"refusal":${JSON.stringify(event.text)}}`,
					event.logprobs && logprobBody(undefined, event.logprobs),
				);
			case 'reasoning-delta':
				this.#reasoningAt(event.index).text += event.text;
				return this.#chunk(`{"reasoning_content":${JSON.stringify(event.text)}}`);
			case 'reasoning-signature': {
				const part = this.#reasoningAt(event.index);
				part.signature = (part.signature ?? '') + event.signature;
				part.redacted = event.redacted ?? false;
				return '';
			}
			case 'annotation':
				this.#annotations.push(annotationBody(event.annotation, this.#shifts.get(event.index) ?? this.#textLength));
				return '';
			case 'tool-call-start':
				return this.#chunk(this.#calls.start(event, this.#reasoning.get(this.#latest)));
			case 'tool-call-delta': {
				const delta = this.#calls.delta(event);
				return delta === null ? '' : this.#chunk(delta);
			}
		}
	}

	#chunk(delta: string, logprobs?: object | null): string {
		const tail = this.#envelope.includeUsage
			? '"finish_reason":null}],"usage":null}\n\n'
			: '"finish_reason":null}]}\n\n';
		return `${this.#prefix}${delta},"logprobs":${logprobs ? JSON.stringify(logprobs) : 'null'},${tail}`;
	}

	/** The role comes in a chunk of its own, first; content is null there where a tool call opens the answer. */
	#role(type: ChatEvent['type']): string {
		if (this.#hasRole) return '';
		this.#hasRole = true;
		const content = type === 'tool-call-start' ? 'null' : '""';
		return this.#chunk(`{"role":"assistant","content":${content},"refusal":null}`);
	}

	#reasoningAt(index: number): OpenReasoning {
		const known = this.#reasoning.get(index);
		if (known) return known;
		const part = { text: '' };
		this.#reasoning.set(index, part);
		return part;
	}

	/**
	 * Citations, and signed reasoning that a client replays, whole and in one chunk: OpenAI's SDK keeps the last of
	 * what it does not know, others join lists.
	 */
	#gathered(): string {
		const parts = [...this.#reasoning.values()].map((part) => ({ type: 'reasoning' as const, ...part }));
		const details = reasoningDetails(parts);
		if (!details && this.#annotations.length === 0) return '';
		return this.#chunk(
			JSON.stringify({
				...(this.#annotations.length > 0 && { annotations: this.#annotations }),
				...(details && { reasoning_details: details }),
			}),
		);
	}
}
