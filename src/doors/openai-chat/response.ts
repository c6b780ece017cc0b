/** Whole answers as `chat.completion`. */
import type { ChatAnswer } from '../../gateway/call';
import type { Annotation, AssistantPart } from '../../language/message';
import type { ChatResponse, FinishReason, TokenLogprob, Warning } from '../../language/request';
import { receiptBody } from '../receipt';
import { callSignature, reasoningDetails, signatureContent } from './reasoning';
import { usageBody } from './usage';

/**
 * `other` has no word of OpenAI's: the answer is over, so it is `stop`, or that of calls where there are some.
 * `legacy`: tools were asked for as `functions`.
 */
export function finishReason(finish: FinishReason, hasCalls: boolean, legacy: boolean): string {
	const called = legacy ? 'function_call' : 'tool_calls';
	switch (finish.kind) {
		case 'stop':
			return 'stop';
		case 'length':
			return 'length';
		case 'tool-calls':
			return called;
		case 'content-filter':
			return 'content_filter';
		case 'other':
			return hasCalls ? called : 'stop';
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

const tokenBodies = (tokens: readonly TokenLogprob[] | undefined) =>
	tokens?.map(({ token, logprob, bytes, top }) => ({
		token,
		logprob,
		bytes: bytes ?? null,
		top_logprobs: top.map((other) => ({ token: other.token, logprob: other.logprob, bytes: other.bytes ?? null })),
	})) ?? null;

/** Of the text and of the refusal; null where there are none. */
export const logprobBody = (text: readonly TokenLogprob[] | undefined, refusal?: readonly TokenLogprob[]) =>
	text || refusal ? { content: tokenBodies(text), refusal: tokenBodies(refusal) } : null;

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

interface CallBody {
	readonly id: string;
	readonly type: 'function';
	readonly function: { readonly name: string; readonly arguments: string };
}

/** Each call with the signature that stands ahead of it, where that is Gemini's own. */
function callBodies(parts: readonly AssistantPart[]): CallBody[] {
	return parts.flatMap((part, at) => {
		if (part.type !== 'tool-call') return [];
		const before = parts[at - 1];
		const opaque = before?.type === 'reasoning' ? callSignature(before) : null;
		return {
			id: part.id,
			type: 'function',
			function: { name: part.name, arguments: part.arguments },
			...(opaque !== null && signatureContent(opaque)),
		};
	});
}

/** The legacy API has one call: further ones, which a model may make all the same, stay calls of tools. */
function calledFields(calls: readonly CallBody[], legacy: boolean) {
	const [first, ...rest] = calls;
	if (!first) return {};
	if (!legacy) return { tool_calls: calls };
	return { function_call: first.function, ...(rest.length > 0 && { tool_calls: rest }) };
}

function messageBody(parts: readonly AssistantPart[], legacy: boolean) {
	const calls = callBodies(parts);
	const refusal = textOf(parts, 'refusal');
	const reasoning = textOf(parts, 'reasoning');
	const details = reasoningDetails(parts.filter((part) => part.type === 'reasoning'));
	return {
		role: 'assistant',
		content: textOf(parts, 'text') ?? (calls.length > 0 || refusal !== null ? null : ''),
		refusal,
		annotations: annotationsOf(parts),
		...(reasoning && { reasoning_content: reasoning }),
		...(details && { reasoning_details: details }),
		...calledFields(calls, legacy),
	};
}

const choiceBody = ({ content, finish, logprobs, refusalLogprobs }: ChatResponse, index: number, legacy: boolean) => ({
	index,
	message: messageBody(content, legacy),
	logprobs: logprobBody(logprobs, refusalLogprobs),
	finish_reason: finishReason(
		finish,
		content.some((part) => part.type === 'tool-call'),
		legacy,
	),
});

export interface CompletionFacts {
	/** Of the first call; `chatcmpl-` goes before it. */
	readonly requestId: string;
	/** seconds since epoch */
	readonly created: number;
	/** Tools were asked for as `functions`. */
	readonly legacy: boolean;
	/** Null where no receipt was asked for. */
	readonly receipt: { readonly warnings: readonly Warning[] } | null;
}

/** One choice per answer. */
export function completionBody(answers: readonly ChatAnswer[], facts: CompletionFacts) {
	const { requestId, created, legacy, receipt } = facts;
	const metas = answers.map((answer) => answer.meta);
	return {
		id: `chatcmpl-${requestId}`,
		object: 'chat.completion',
		created,
		model: answers[0]?.response.model || (metas[0]?.model ?? ''),
		choices: answers.map(({ response }, index) => choiceBody(response, index, legacy)),
		usage: usageBody(
			answers.map((answer) => answer.response.usage),
			metas,
		),
		system_fingerprint: null,
		...(receipt && { switchyard: receiptBody(metas, receipt.warnings) }),
	};
}
