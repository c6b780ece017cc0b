/** What is left of an upstream's limits, as its answers state it: by the names of the headers alone. Pure. */

/** What is left of one limit. */
export interface Allowance {
	/** null: not stated. */
	readonly limit: number | null;
	readonly remaining: number;
	/** When it is whole again (ms since epoch): between now and a day from now. */
	readonly resetAt: number;
}

export interface StatedRates {
	readonly requests: Allowance | null;
	readonly tokens: Allowance | null;
}

interface Names {
	readonly remaining: string;
	readonly limit: string;
	/** null: its vendor states none. */
	readonly reset: string | null;
}

/** OpenAI, Azure and Groq, whose requests are those of a day. */
const plain = (kind: string): Names => ({
	remaining: `x-ratelimit-remaining-${kind}`,
	limit: `x-ratelimit-limit-${kind}`,
	reset: `x-ratelimit-reset-${kind}`,
});

const anthropic = (kind: string): Names => ({
	remaining: `anthropic-ratelimit-${kind}-remaining`,
	limit: `anthropic-ratelimit-${kind}-limit`,
	reset: `anthropic-ratelimit-${kind}-reset`,
});

/** Mistral */
const perMinute = (kind: string): Names => ({
	remaining: `x-ratelimit-remaining-${kind}-minute`,
	limit: `x-ratelimit-limit-${kind}-minute`,
	reset: null,
});

const REQUESTS: readonly Names[] = [plain('requests'), anthropic('requests'), perMinute('req')];
/** Anthropic's `tokens` is the strictest of its limits on tokens, where it states it. */
const TOKENS: readonly Names[] = [plain('tokens'), anthropic('tokens'), anthropic('input-tokens'), perMinute('tokens')];

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Null where nothing is stated that can be read. `now`: ms since epoch. Never throws. */
export function ratesOf(headers: Headers, now: number): StatedRates | null {
	const requests = stated(headers, REQUESTS, now);
	const tokens = stated(headers, TOKENS, now);
	if (requests || tokens) return { requests, tokens };
	const policy = draft(headers, now);
	return policy && { requests: policy, tokens: null };
}

function stated(headers: Headers, candidates: readonly Names[], now: number): Allowance | null {
	for (const { remaining: name, limit, reset } of candidates) {
		const remaining = amountOf(headers.get(name));
		if (remaining === null) continue;
		return {
			limit: amountOf(headers.get(limit)),
			remaining,
			resetAt: instantOf(reset === null ? null : headers.get(reset), now),
		};
	}
	return null;
}

/** At most 15 digits: exact. Signs, exponents and hexadecimal are no amounts. */
const AMOUNT = /^\d{1,15}(?:\.\d{1,9})?$/;

function amountOf(text: string | null): number | null {
	return text !== null && AMOUNT.test(text) ? Math.floor(Number(text)) : null;
}

const UNITS_MS: Readonly<Record<string, number>> = {
	d: DAY_MS,
	h: 3_600_000,
	m: MINUTE_MS,
	s: 1_000,
	ms: 1,
	us: 1e-3,
	µs: 1e-3,
	ns: 1e-6,
};

/** As Go writes a duration: `120ms`, `6m0s`, `2m59.56s`. */
const DURATION = /^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|us|µs|ns|d|h|m|s)){1,8}$/;
const PART = /([\d.]+)(\D+)/g;

/** From here on a number is no wait but a moment: seconds, then milliseconds since epoch. */
const EPOCH_SECONDS = 1e9;
const EPOCH_MS = 1e12;

/** RFC 3339 */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T[\d:.]{5,18}(?:Z|[+-]\d{2}:\d{2})$/i;

/** A reset in any of its forms; absent or unreadable: the next full minute, since most limits are a minute's. */
function instantOf(text: string | null, now: number): number {
	const ms = text === null ? Number.NaN : waitOf(text, now);
	if (Number.isNaN(ms)) return (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS;
	return now + Math.min(Math.max(0, Math.ceil(ms)), DAY_MS);
}

/** ms from now; NaN: unreadable. */
function waitOf(text: string, now: number): number {
	if (AMOUNT.test(text)) return waitIn(Number(text), now);
	if (TIMESTAMP.test(text)) return Date.parse(text) - now;
	if (!DURATION.test(text)) return Number.NaN;
	let ms = 0;
	for (const [, amount, unit = ''] of text.matchAll(PART)) ms += Number(amount) * (UNITS_MS[unit] ?? Number.NaN);
	return ms;
}

function waitIn(amount: number, now: number): number {
	if (amount < EPOCH_SECONDS) return amount * 1_000;
	return (amount < EPOCH_MS ? amount * 1_000 : amount) - now;
}

/** Characters of a list of limits that are read. */
const LIST_LENGTH = 512;
const REMAINING = /;\s*r=(\d{1,15})\s*(?:;|$)/;
const RESET = /;\s*t=(\d{1,15})\s*(?:;|$)/;
const QUOTA = /;\s*q=(\d{1,15})(?=\s*(?:[;,]|$))/g;

/**
 * `ratelimit: "api";r=999;t=295` with `ratelimit-policy: "api";q=1000;w=300` (draft-ietf-httpapi-ratelimit-headers-10;
 * Hugging Face): of several limits the one of which least is left.
 */
function draft(headers: Headers, now: number): Allowance | null {
	const list = headers.get('ratelimit');
	if (list === null || list.length > LIST_LENGTH) return null;
	let least: Allowance | null = null;
	for (const item of list.split(',')) {
		const remaining = amountOf(REMAINING.exec(item)?.[1] ?? null);
		if (remaining === null || (least && least.remaining <= remaining)) continue;
		least = { limit: null, remaining, resetAt: instantOf(RESET.exec(item)?.[1] ?? null, now) };
	}
	return least && { ...least, limit: quotaOf(headers) };
}

/** Where there is but one, it is the quota of the limit that is stated. */
function quotaOf(headers: Headers): number | null {
	const policies = headers.get('ratelimit-policy');
	if (policies === null || policies.length > LIST_LENGTH) return null;
	const [first, second] = [...policies.matchAll(QUOTA)];
	return second === undefined ? amountOf(first?.[1] ?? null) : null;
}
