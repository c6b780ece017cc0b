/** Whole answers as `chat.completion`. */
import type { ChatAnswer } from '../../gateway/call';
import type { Annotation, AssistantPart, ReasoningPart } from '../../language/message';
import type { FinishReason, TokenLogprob, Warning } from '../../language/request';
import { receiptBody } from '../receipt';
import { usageBody } from './usage';

/** `other` has no word of OpenAI's: the answer is over, so it is `stop`, or `tool_calls` where there are some. */
export function finishReason(finish: FinishReason, hasCalls: boolean): string {
	switch (finish.kind) {
		case 'stop':
			return 'stop';
		case 'length':
			return 'length';
		case 'tool-calls':
			return 'tool_calls';
		case 'content-filter':
			return 'content_filter';
		case 'other':
			return hasCalls ? 'tool_calls' : 'stop';
	}
}

/** `shift`: UTF-16 units of text before the part that the annotation belongs to. */
export function annotationBody(annotation: Annotation, shift: number): unknown {
	const { type, url, title, start, end, raw } = annotation;
	if (type !== 'url-citation') return raw ?? { type: type === 'file-citation' ? 'file_citation' : 'other', url, title };
	return {
		type: 'url_citation',
		url_citation: {
			url: url ?? '',
			title: title ?? '',
			start_index: shift + (start ?? 0),
			end_index: shift + (end ?? 0),
		},
	};
}

/** What a client replays so that the provider recognises its own reasoning (OpenRouter's shape). */
export const reasoningDetail = (part: ReasoningPart, index: number) =>
	part.redacted
		? { type: 'reasoning.encrypted', data: part.signature ?? '', index }
		: { type: 'reasoning.text', text: part.text, signature: part.signature ?? null, index };

export const logprobBody = (tokens: readonly TokenLogprob[]) => ({
	content: tokens.map(({ token, logprob, bytes, top }) => ({
		token,
		logprob,
		bytes: bytes ?? null,
		top_logprobs: top.map((other) => ({ token: other.token, logprob: other.logprob, bytes: other.bytes ?? null })),
	})),
	refusal: null,
});

function annotationsOf(parts: readonly AssistantPart[]): unknown[] {
	const found: unknown[] = [];
	let shift = 0;
	for (const part of parts) {
		if (part.type !== 'text') continue;
		for (const annotation of part.annotations ?? []) found.push(annotationBody(annotation, shift));
		shift += part.text.length;
	}
	return found;
}

const textOf = (parts: readonly AssistantPart[], type: 'text' | 'refusal' | 'reasoning'): string | null => {
	const found = parts.flatMap((part) => (part.type === type ? [part.text] : []));
	return found.length > 0 ? found.join('') : null;
};

function messageBody(parts: readonly AssistantPart[]) {
	const calls = parts.flatMap((part) =>
		part.type === 'tool-call'
			? [{ id: part.id, type: 'function', function: { name: part.name, arguments: part.arguments } }]
			: [],
	);
	const refusal = textOf(parts, 'refusal');
	const reasoning = textOf(parts, 'reasoning');
	const reasoned = parts.filter((part) => part.type === 'reasoning');
	return {
		role: 'assistant',
		content: textOf(parts, 'text') ?? (calls.length > 0 || refusal !== null ? null : ''),
		refusal,
		annotations: annotationsOf(parts),
		...(reasoning && { reasoning_content: reasoning }),
		...(reasoned.some((part) => part.signature !== undefined) && {
			reasoning_details: reasoned.map(reasoningDetail),
		}),
		...(calls.length > 0 && { tool_calls: calls }),
	};
}

const choiceBody = ({ response }: ChatAnswer, index: number) => ({
	index,
	message: messageBody(response.content),
	logprobs: response.logprobs ? logprobBody(response.logprobs) : null,
	finish_reason: finishReason(
		response.finish,
		response.content.some((part) => part.type === 'tool-call'),
	),
});

export interface CompletionFacts {
	/** Of the first call; `chatcmpl-` goes before it. */
	readonly requestId: string;
	/** seconds since epoch */
	readonly created: number;
	/** Null where no receipt was asked for. */
	readonly receipt: { readonly warnings: readonly Warning[] } | null;
}

/** One choice per answer. */
export function completionBody(answers: readonly ChatAnswer[], { requestId, created, receipt }: CompletionFacts) {
	const metas = answers.map((answer) => answer.meta);
	return {
		id: `chatcmpl-${requestId}`,
		object: 'chat.completion',
		created,
		model: answers[0]?.response.model || (metas[0]?.model ?? ''),
		choices: answers.map(choiceBody),
		usage: usageBody(
			answers.map((answer) => answer.response.usage),
			metas,
		),
		system_fingerprint: null,
		...(receipt && { switchyard: receiptBody(metas, receipt.warnings) }),
	};
}
