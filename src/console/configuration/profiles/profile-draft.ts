/** A profile as its form holds it, and as the API takes it. */
import type { Profile, SetProfile } from '../../data/types';
import {
	NO_SETTINGS,
	SETTING_FIELDS,
	type SettingsDraft,
	settingsDraftOf,
	settingsOf,
} from '../../ui/model-settings-draft';

export interface ProfileDraft {
	readonly name: string;
	readonly provider: string;
	/** Without the provider. */
	readonly model: string;
	/** '': that provider's default key. */
	readonly keyRef: string;
	readonly settings: SettingsDraft;
}

export const FIELDS = [
	'name',
	'provider',
	'model',
	'keyRef',
	...SETTING_FIELDS.map((field) => `settings.${field}`),
] as const;

export const NEW_PROFILE: ProfileDraft = { name: '', provider: '', model: '', keyRef: '', settings: NO_SETTINGS };

export const draftOf = (profile: Profile): ProfileDraft => ({
	name: profile.name,
	provider: profile.provider ?? '',
	model: profile.model ?? '',
	keyRef: profile.keyRef ?? '',
	settings: settingsDraftOf(profile.settings),
});

export function inputOf({ name, provider, model, keyRef, settings }: ProfileDraft): SetProfile {
	const given = settingsOf(settings);
	return {
		name: name.trim(),
		provider: provider.trim(),
		model: model.trim(),
		...(keyRef !== '' && { keyRef }),
		...(Object.keys(given ?? {}).length > 0 && { settings: given }),
	};
}
