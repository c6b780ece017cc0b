import { figuresIn, type TooLong } from '../context-limit';
import { arrayOf, isObject, type Json, numberOf, objectOf, textOf, tryJson } from '../json';

/** What an error body says, whichever of the usual shapes it has. */
export interface Said {
	readonly message?: string | undefined;
	/** Its code and type, lower case, codes first. */
	readonly words: readonly string[];
	readonly param?: string | undefined;
	/** HTTP status it names itself, 400–599. */
	readonly status?: number | undefined;
	/** A provider behind the one asked said it (OpenRouter). */
	readonly behind: boolean;
	/** Of a request that is too long, where fields say it (llama.cpp). */
	readonly figures?: TooLong | undefined;
	/** Until a model is loaded (Hugging Face's `estimated_time`). */
	readonly retryAfterMs?: number | undefined;
}

/**
 * `{error: {message, type, code, param}}` (OpenAI), `{error: "…", error_type}` (TGI, xAI), `{message, code}`
 * (Mistral), `{detail}` (FastAPI), `{errors: […]}` (Cloudflare), the same in an array (Gemini), or plain text.
 */
export function readSaid(body: unknown): Said {
	if (typeof body === 'string') return { message: body.trim() || undefined, words: [], behind: false };
	if (Array.isArray(body)) return readSaid(body[0]);
	if (!isObject(body)) return { words: [], behind: false };
	if (typeof body.error === 'string') return { ...readFields(body), message: body.error };
	const [first] = arrayOf(body.errors);
	if (isObject(first)) return readNumbered(first);
	return readFields(objectOf(body.error) ?? body);
}

/** Cloudflare's codes are numbers of its own: `error-rules.ts` has them. */
function readNumbered(error: Json): Said {
	const said = readFields(error);
	const code = numberOf(error.code);
	return code === undefined ? said : { ...said, words: [`errors.${code}`, ...said.words] };
}

function readFields(error: Json): Said {
	const metadata = objectOf(error.metadata);
	const seconds = numberOf(error.estimated_time);
	return {
		message: messageOf(error, metadata),
		words: wordsOf(error),
		param: textOf(error.param) ?? validationParam(error.detail),
		status: statusOf(error),
		behind: metadata !== undefined && 'provider_name' in metadata,
		figures: figuresIn(error),
		retryAfterMs: seconds !== undefined && seconds > 0 ? Math.ceil(seconds * 1000) : undefined,
	};
}

/** OpenRouter's own message says only that the provider failed; the provider's stands in `metadata.raw`. */
function messageOf(error: Json, metadata: Json | undefined): string | undefined {
	const message = textOf(error.message) ?? detailText(error.detail ?? objectOf(error.message)?.detail);
	const raw = textOf(metadata?.raw);
	if (!raw) return message;
	const inner = tryJson(raw);
	const behind = isObject(inner) ? readSaid(inner).message : raw;
	return behind ? (message ? `${message}: ${behind}` : behind) : message;
}

function wordsOf(error: Json): string[] {
	const inner = objectOf(error.innererror);
	const limit = objectOf(error.metadata)?.limit_source;
	return [error.code, inner?.code, error.type, error.error_type, limit]
		.filter((word): word is string => typeof word === 'string')
		.map((word) => word.toLowerCase());
}

function statusOf(error: Json): number | undefined {
	for (const value of [error.code, error.status_code, error.status, error.statusCode]) {
		const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : numberOf(value);
		if (status !== undefined && status >= 400 && status <= 599) return status;
	}
	return undefined;
}

function detailText(detail: unknown): string | undefined {
	return textOf(detail) ?? textOf(objectOf(arrayOf(detail)[0])?.msg);
}

/** FastAPI names the field as a path. */
function validationParam(detail: unknown): string | undefined {
	const path = arrayOf(objectOf(arrayOf(detail)[0])?.loc).filter((step) => step !== 'body');
	return path.length > 0 ? path.join('.') : undefined;
}
