/** Inputs of the provider verbs, as both the typed API and REST take them. What depends on the provider is checked later. */
import * as z from 'zod';
import { printable } from './inputs';

/** Characters of a name, a base URL and an id. */
const MOST_NAME = 200;
const MOST_URL = 2_048;
const MOST_ID = 200;
const MOST_KEY = 4_096;

const id = z.string().min(1, 'An id must not be empty.').max(MOST_ID, `An id has at most ${MOST_ID} characters.`);
const provider = z.string().min(1, 'Name the provider.').max(64, 'A provider id has at most 64 characters.');

const name = z
	.string()
	.max(MOST_NAME, `A name has at most ${MOST_NAME} characters.`)
	.refine(printable, 'A name holds no control characters.')
	.trim()
	.min(1, 'A name must not be empty.');

/** It travels in a header. */
const apiKey = z
	.string()
	.min(1, 'A key must not be empty.')
	.max(MOST_KEY, `A key has at most ${MOST_KEY} characters.`)
	.regex(/^[\x21-\x7e]*$/, 'A key is ASCII without spaces and control characters: was more copied than the key?');

const baseUrl = z
	.string()
	.min(1, 'A base URL must not be empty.')
	.max(MOST_URL, `A base URL has at most ${MOST_URL} characters.`);

/** Characters of a setting's name, which errors repeat. */
const MOST_SETTING = 64;

/** A record leaves `__proto__` out without a word; this says so. */
function checkSettings(value: unknown, context: z.RefinementCtx): unknown {
	if (typeof value !== 'object' || value === null) return value;
	const message = Object.hasOwn(value, '__proto__')
		? 'There is no setting __proto__.'
		: Object.keys(value).some((key) => key.length > MOST_SETTING) &&
			`The name of a setting has at most ${MOST_SETTING} characters.`;
	if (message) context.addIssue({ code: 'custom', message });
	return value;
}

const config = z.preprocess(
	checkSettings,
	z.record(z.string(), z.unknown(), { error: 'expected an object of settings' }),
);

const version = z.int().min(0);

export const addProviderInput = z.strictObject({
	/** Id of the registry. */
	provider,
	/** Absent: the provider's id. */
	name: name.exactOptional(),
	apiKey: apiKey.exactOptional(),
	/** Root, path included; absent or null: the provider's default. */
	baseUrl: baseUrl.nullable().exactOptional(),
	config: config.exactOptional(),
	/** Absent: true. */
	isActive: z.boolean().exactOptional(),
	/** Absent: true where the provider has no default row yet. */
	isDefault: z.boolean().exactOptional(),
});

/** What is absent stays as it is, the key included. `config` is replaced as a whole. */
export const updateProviderInput = z.strictObject({
	id,
	/** Refused (409) where the row is at another one. */
	version: version.exactOptional(),
	/** May be repeated, not changed. */
	provider: provider.exactOptional(),
	name: name.exactOptional(),
	apiKey: apiKey.exactOptional(),
	/** null: the provider's default. */
	baseUrl: baseUrl.nullable().exactOptional(),
	config: config.exactOptional(),
	isActive: z.boolean().exactOptional(),
	isDefault: z.boolean().exactOptional(),
});

export const providerReference = z.strictObject({ id });

export const providerStatusInput = z.strictObject({
	/** Absent: all that there is a key for. */
	provider: provider.exactOptional(),
});

export const removeProviderInput = z.strictObject({
	id,
	version: version.exactOptional(),
	/** True: the sealed key is deleted too. */
	erase: z.boolean().exactOptional(),
});

export const testProviderInput = z.strictObject({
	id,
	/** Called for one token; absent: the cheapest call that proves the key. */
	model: z.string().min(1, 'Name a model.').max(300, 'A model name has at most 300 characters.').exactOptional(),
});

export const rotateProviderInput = z.strictObject({
	id,
	version: version.exactOptional(),
	apiKey,
	/** True: the new key is tried first, and kept only where it works. */
	test: z.boolean().exactOptional(),
});

const day = z
	.string()
	.max(40, 'expected a date such as 2026-03-01')
	.refine((text) => utcDay(text) !== null, 'expected a date such as 2026-03-01, or an ISO 8601 date-time');

export const providerUsageInput = z.strictObject({
	id,
	/** First UTC day; absent: 29 days before the last. */
	from: day.exactOptional(),
	/** Last UTC day, itself included; absent: today. */
	to: day.exactOptional(),
});

export const adoptEnvironmentInput = z.strictObject({
	/** Ids; absent: all that the environment has a key for. */
	providers: z.array(provider).min(1).max(100).exactOptional(),
});

export const resealKeysInput = z.strictObject({
	/** Rows looked at in one call; absent: 20. */
	limit: z.int().min(1).max(200).exactOptional(),
	/** `next` of the call before. */
	after: z.string().max(MOST_ID).exactOptional(),
});

export type AddProvider = z.output<typeof addProviderInput>;
export type UpdateProvider = z.output<typeof updateProviderInput>;
export type RemoveProvider = z.output<typeof removeProviderInput>;
export type TestProvider = z.output<typeof testProviderInput>;
export type ProviderStatusInput = z.output<typeof providerStatusInput>;
export type RotateProvider = z.output<typeof rotateProviderInput>;
export type ProviderUsageRange = z.output<typeof providerUsageInput>;
export type AdoptEnvironment = z.output<typeof adoptEnvironmentInput>;
export type ResealKeys = z.output<typeof resealKeysInput>;

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** `YYYY-MM-DD` of a date or date-time, in UTC; null where it is neither, or no day of the calendar. */
export function utcDay(text: string): string | null {
	if (!DAY.test(text) && !INSTANT.test(text)) return null;
	const written = text.slice(0, 10);
	const calendar = new Date(`${written}T00:00:00Z`);
	if (Number.isNaN(calendar.getTime()) || calendar.toISOString().slice(0, 10) !== written) return null;
	const instant = new Date(text);
	const day = Number.isNaN(instant.getTime()) ? '' : instant.toISOString().slice(0, 10);
	// An offset may lead out of the years that are written with four digits.
	return DAY.test(day) ? day : null;
}
