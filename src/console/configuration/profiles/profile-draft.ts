/** A profile as its form holds it, and as the API takes it. */
import { type ContextDraft, contextDraftOf, contextOf, NO_CONTEXT } from '../../context/context-draft';
import { CONTEXT } from '../../context/context-text';
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
	readonly context: ContextDraft;
}

export const FIELDS = [
	'name',
	'provider',
	'model',
	'keyRef',
	...SETTING_FIELDS.map((field) => `settings.${field}`),
	...ROUTING_FIELDS.map((field) => `routing.${field}`),
	...CONTEXT.fields.map((field) => `context.${field}`),
] as const;

export const NEW_PROFILE: ProfileDraft = {
	name: '',
	provider: '',
	model: '',
	keyRef: '',
	settings: NO_SETTINGS,
	routing: NO_ROUTING,
	context: NO_CONTEXT,
};

export const draftOf = (profile: Profile): ProfileDraft => ({
	name: profile.name,
	provider: profile.provider ?? '',
	model: profile.model ?? '',
	keyRef: profile.keyRef ?? '',
	settings: settingsDraftOf(profile.settings),
	routing: routingDraftOf(profile.routing),
	context: contextDraftOf(profile.context),
});

export function inputOf({ name, provider, model, keyRef, ...draft }: ProfileDraft): SetProfile {
	const settings = settingsOf(draft.settings);
	const routing = routingOf(draft.routing);
	const context = contextOf(draft.context);
	return {
		name: name.trim(),
		provider: provider.trim(),
		model: model.trim(),
		...(keyRef !== '' && { keyRef }),
		...(Object.keys(settings).length > 0 && { settings }),
		...(Object.keys(routing).length > 0 && { routing }),
		...(Object.keys(context).length > 0 && { context }),
	};
}
