/** What the provider routes take, told field by field. */
import { addProviderInput } from '../../../services/provider-input';
import type { RequestBody } from '../operation';
import * as takes from '../provider-requests';
import { explained } from './explained';

const CONFIG = {
	type: 'object',
	additionalProperties: true,
	description: 'Settings of the provider, strict for each and without a secret. Replaced as a whole.',
};
const API_KEY = 'Kept sealed and never shown again. Bedrock: `ACCESS:SECRET[:SESSION]`, or a bearer key.';
const VERSION = 'Of the row as it was read; refused with 409 where it has changed since. `If-Match` does the same.';
const IS_DEFAULT = 'true: tried first among the rows of its provider, in the place of the one that was.';

export const addProviderRequest = {
	name: 'AddProviderRequest',
	schema: explained(addProviderInput, {
		provider: 'Id of the provider, e.g. `openai`.',
		name: "Unique among the rows of its provider. Absent: the provider's id.",
		apiKey: API_KEY,
		baseUrl: "Root of the upstream's API, path included. Absent or null: the provider's default.",
		config: CONFIG,
		isActive: 'Absent: true.',
		isDefault: `${IS_DEFAULT} Absent: true where there is none yet.`,
	}),
	example: { provider: 'openai', apiKey: '<your-key>', isDefault: true },
} satisfies RequestBody;

export const updateProviderRequest = {
	name: 'UpdateProviderRequest',
	schema: explained(takes.updateRequest, {
		version: VERSION,
		provider: 'May be repeated, not changed.',
		name: 'Unique among the rows of its provider.',
		apiKey: `${API_KEY} Absent: the key stays.`,
		baseUrl: "null: the provider's default. Another scheme, host or port needs the `apiKey` again.",
		config: CONFIG,
		isActive: 'false: not used by any request.',
		isDefault: IS_DEFAULT,
	}),
	example: { isActive: false, version: 3 },
} satisfies RequestBody;

export const rotateProviderRequest = {
	name: 'RotateProviderRequest',
	schema: explained(takes.rotateRequest, {
		version: VERSION,
		apiKey: API_KEY,
		test: 'true: the new key is tried first, and kept only where it works.',
	}),
	example: { apiKey: '<the-new-key>', test: true },
} satisfies RequestBody;

export const testProviderRequest = {
	name: 'TestProviderRequest',
	schema: explained(takes.testRequest, {
		model: 'Called for one token. Absent: the cheapest call that proves the key.',
	}),
	optional: true,
	example: { model: 'gpt-5-mini' },
} satisfies RequestBody;

export const usageQuery = explained(takes.usageQuery, {
	from: 'First UTC day, e.g. `2026-03-01`. Absent: 29 days before the last.',
	to: 'Last UTC day, itself included. Absent: today.',
});

export const removeQuery = explained(takes.removeQuery, { erase: '`true`: the sealed key is deleted too.' });
