/** A profile as its form holds it, and as the API takes it. */
import type { Profile, SetProfile } from '../../data/types';
import { NO_ROUTING, ROUTING_FIELDS, type RoutingDraft, routingDraftOf, routingOf } from '../../routing/routing-draft';
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
	readonly routing: RoutingDraft;
}

export const FIELDS = [
	'name',
	'provider',
	'model',
	'keyRef',
	...SETTING_FIELDS.map((field) => `settings.${field}`),
	...ROUTING_FIELDS.map((field) => `routing.${field}`),
] as const;

export const NEW_PROFILE: ProfileDraft = {
	name: '',
	provider: '',
	model: '',
	keyRef: '',
	settings: NO_SETTINGS,
	routing: NO_ROUTING,
};

export const draftOf = (profile: Profile): ProfileDraft => ({
	name: profile.name,
	provider: profile.provider ?? '',
	model: profile.model ?? '',
	keyRef: profile.keyRef ?? '',
	settings: settingsDraftOf(profile.settings),
	routing: routingDraftOf(profile.routing),
});

export function inputOf({ name, provider, model, keyRef, settings, routing }: ProfileDraft): SetProfile {
	const given = settingsOf(settings);
	const policy = routingOf(routing);
	return {
		name: name.trim(),
		provider: provider.trim(),
		model: model.trim(),
		...(keyRef !== '' && { keyRef }),
		...(Object.keys(given ?? {}).length > 0 && { settings: given }),
		...(Object.keys(policy).length > 0 && { routing: policy }),
	};
}
