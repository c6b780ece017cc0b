/** A provider key as its form holds it, and as the API takes it. */
import { changedFields } from '../data/changed';
import type { AddProvider, ProviderKind, ProviderRow, UpdateProvider } from '../data/types';

export type ConfigField = ProviderKind['config'][number];

/** What a row of any provider may say as one of its pool: `config` holds it beside the provider's own settings. */
export type PoolField = ProviderKind['poolConfig'][number];

export interface ProviderDraft {
	/** '' until one is chosen. */
	readonly provider: string;
	readonly name: string;
	/** Only ever what is typed here: a stored key comes back from nowhere. */
	readonly apiKey: string;
	/** '': the provider's own. */
	readonly baseUrl: string;
	/** As text; an absent or empty one is not set. */
	readonly config: Readonly<Partial<Record<ConfigField | PoolField, string>>>;
	readonly isActive: boolean;
	/** False: left to the gateway, which takes a provider's first row. */
	readonly isDefault: boolean;
}

export const NEW_PROVIDER: ProviderDraft = {
	provider: '',
	name: '',
	apiKey: '',
	baseUrl: '',
	config: {},
	isActive: true,
	isDefault: false,
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null;

const textOf = (value: unknown): string =>
	isRecord(value)
		? Object.entries(value)
				.map(([model, deployment]) => `${model} = ${deployment}`)
				.join('\n')
		: String(value);

export const draftOf = (row: ProviderRow): ProviderDraft => ({
	provider: row.provider,
	name: row.name,
	apiKey: '',
	baseUrl: row.baseUrl ?? '',
	config: Object.fromEntries(Object.entries(row.config).map(([field, value]) => [field, textOf(value)])),
	isActive: row.isActive,
	isDefault: row.isDefault,
});

/** One `model = deployment` a line. */
function deploymentsOf(text: string): Readonly<Record<string, string>> {
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	return Object.fromEntries(
		lines.map((line) => {
			const [model = '', ...deployment] = line.split('=');
			return [model.trim(), deployment.join('=').trim()];
		}),
	);
}

const FIGURES: ReadonlySet<string> = new Set<PoolField>(['weight', 'requestsPerMinute', 'tokensPerMinute']);

function configValue(field: string, text: string): unknown {
	if (field === 'deployments') return deploymentsOf(text);
	return FIGURES.has(field) ? Number(text) : text.trim();
}

const configOf = (config: ProviderDraft['config']): Record<string, unknown> =>
	Object.fromEntries(
		Object.entries(config)
			.filter(([, text]) => text.trim() !== '')
			.map(([field, text]) => [field, configValue(field, text)]),
	);

const keyOf = ({ apiKey }: ProviderDraft): { apiKey?: string } =>
	apiKey.trim() === '' ? {} : { apiKey: apiKey.trim() };

export const addInput = (draft: ProviderDraft): AddProvider => ({
	provider: draft.provider,
	...(draft.name.trim() !== '' && { name: draft.name }),
	...keyOf(draft),
	...(draft.baseUrl.trim() !== '' && { baseUrl: draft.baseUrl.trim() }),
	config: configOf(draft.config),
	isActive: draft.isActive,
	...(draft.isDefault && { isDefault: true }),
});

const editable = (draft: ProviderDraft) => ({
	name: draft.name,
	baseUrl: draft.baseUrl.trim() === '' ? null : draft.baseUrl.trim(),
	config: configOf(draft.config),
});

/** What differs from the row, which must still be at the version that was shown. */
export const updateInput = (row: ProviderRow, draft: ProviderDraft): UpdateProvider => ({
	id: row.id,
	version: row.version,
	...changedFields(editable(draftOf(row)), editable(draft)),
	...keyOf(draft),
});
