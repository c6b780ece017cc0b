/** A global setting as its form holds it, and as the API takes it. */
import type { CreateGlobalSetting, GlobalSetting } from '../data/types';
import {
	NO_SETTINGS,
	SETTING_FIELDS,
	type SettingsDraft,
	settingsDraftOf,
	settingsOf,
} from '../ui/model-settings-draft';

export const CATEGORIES = ['fast', 'balanced', 'powerful', 'specialized'] as const;
export const CAPABILITIES = [
	'chat',
	'tools',
	'vision',
	'audio',
	'video',
	'pdf',
	'structured-output',
	'reasoning',
] as const;

export interface GlobalDraft {
	readonly id: string;
	readonly displayName: string;
	readonly category: (typeof CATEGORIES)[number];
	/** '' with `model` '': follows the environment. */
	readonly provider: string;
	readonly model: string;
	readonly capabilities: readonly (typeof CAPABILITIES)[number][];
	/** Decimal USD; '': the catalog's. */
	readonly inputUsdPerMillion: string;
	readonly outputUsdPerMillion: string;
	readonly settings: SettingsDraft;
}

export const FIELDS = [
	'id',
	'displayName',
	'category',
	'provider',
	'model',
	'capabilities',
	'inputUsdPerMillion',
	'outputUsdPerMillion',
	...SETTING_FIELDS.map((field) => `settings.${field}`),
];

export const NEW_SETTING: GlobalDraft = {
	id: '',
	displayName: '',
	category: 'balanced',
	provider: '',
	model: '',
	capabilities: [],
	inputUsdPerMillion: '',
	outputUsdPerMillion: '',
	settings: NO_SETTINGS,
};

export const draftOf = (row: GlobalSetting): GlobalDraft => ({
	id: row.id,
	displayName: row.displayName,
	category: row.category,
	provider: row.provider ?? '',
	model: row.model ?? '',
	capabilities: CAPABILITIES.filter((capability) => row.capabilities.includes(capability)),
	inputUsdPerMillion: row.inputUsdPerMillion ?? '',
	outputUsdPerMillion: row.outputUsdPerMillion ?? '',
	settings: settingsDraftOf(row.settings),
});

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

export const fieldsOf = (draft: GlobalDraft) => ({
	displayName: draft.displayName.trim(),
	category: draft.category,
	provider: orNull(draft.provider),
	model: orNull(draft.model),
	capabilities: [...draft.capabilities],
	inputUsdPerMillion: orNull(draft.inputUsdPerMillion),
	outputUsdPerMillion: orNull(draft.outputUsdPerMillion),
	settings: settingsOf(draft.settings),
});

export const createInput = (draft: GlobalDraft): CreateGlobalSetting => ({
	...fieldsOf(draft),
	id: draft.id.trim(),
	provider: draft.provider.trim(),
	model: draft.model.trim(),
});
