import { Autocomplete, Button, Group, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { ContextFields } from '../../context/context-fields';
import { useModels, useProviders } from '../../data/queries';
import type { Profile } from '../../data/types';
import { FailureAlert } from '../../failure/failure-alert';
import { fieldErrors, useFocusAtFault } from '../../failure/fields';
import { useLayersBelow } from '../../policy/layers';
import { RoutingFields } from '../../routing/routing-fields';
import { useSignedIn } from '../../session/session';
import { ChangedMeanwhile, isOutdated } from '../../ui/changed-meanwhile';
import { ChangesTable } from '../../ui/changes-table';
import { fieldChanges } from '../../ui/field-changes';
import { ModelSettingsFields } from '../../ui/model-settings';
import { useConfigurationChange, useOrganization, useProfiles } from '../queries';
import { draftOf, FIELDS, inputOf, NEW_PROFILE, type ProfileDraft } from './profile-draft';
import { useProviderIds } from './provider-ids';

interface ProfileFormProps {
	/** What it begins with; null: a new one. A global one becomes the organization's own. */
	readonly profile: Profile | null;
	readonly close: () => void;
}

const own = (profile: Profile | null | undefined) =>
	profile?.origin === 'organization' ? inputOf(draftOf(profile)) : {};

export function ProfileForm({ profile, close }: ProfileFormProps) {
	const { client } = useSignedIn();
	const [draft, setDraft] = useState(() => (profile ? draftOf(profile) : NEW_PROFILE));
	const [base, setBase] = useState(profile);
	const form = useRef<HTMLFormElement>(null);
	const set = useConfigurationChange(client.trpc.profiles.set.mutate);
	const version = useOrganization().data?.version;
	const { data: profiles = [], isFetching } = useProfiles();
	const now = profiles.find(({ name, origin }) => name === profile?.name && origin === 'organization');
	const taken =
		profile === null && profiles.some(({ name, origin }) => name === draft.name.trim() && origin === 'organization');
	const theirs = fieldChanges(own(base), own(now));
	const outdated = isOutdated(set.error);
	const { at, rest } = fieldErrors(outdated ? null : set.error, FIELDS);
	useFocusAtFault(form, set.error);

	const change = (part: Partial<ProfileDraft>): void => setDraft((before) => ({ ...before, ...part }));
	// The version is that of the whole configuration: where this profile is as it was, its moving is no conflict.
	const save = (from: number | undefined): void =>
		set.mutate({ ...inputOf(draft), ...(from !== undefined && { version: from }) }, { onSuccess: close });
	const expected = theirs.length === 0 ? (now?.version ?? version) : base?.version;
	const submit = (event: FormEvent): void => {
		event.preventDefault();
		if (!taken) save(expected);
	};
	return (
		<form ref={form} onSubmit={submit}>
			<Stack>
				<FailureAlert failure={rest} title="The profile could not be saved" />
				<TextInput
					label="Name"
					description="Requests and agents name it profile:<name>"
					required
					data-autofocus={profile === null}
					readOnly={profile !== null}
					spellCheck={false}
					value={draft.name}
					error={taken ? 'There is a profile of this name: edit that one.' : at('name')}
					onChange={(event) => change({ name: event.currentTarget.value })}
				/>
				<ProfileTarget draft={draft} errorAt={at} change={change} />
				{outdated && (
					<ChangedMeanwhile
						what="profile"
						overwrite="Save mine in its place"
						pending={set.isPending}
						save={() => save(now?.version ?? version)}
						reload={() => {
							if (now) {
								setDraft(draftOf(now));
								setBase(now);
							}
							set.reset();
						}}
					>
						{isFetching ? null : (
							<ChangesTable
								label="Their changes"
								changes={theirs}
								empty="Nothing of this profile: yours can be saved."
							/>
						)}
					</ChangedMeanwhile>
				)}
				<Group justify="flex-end">
					<Button variant="default" onClick={close}>
						Cancel
					</Button>
					<Button type="submit" loading={set.isPending}>
						Save profile
					</Button>
				</Group>
			</Stack>
		</form>
	);
}

interface ProfileTargetProps {
	readonly draft: ProfileDraft;
	readonly errorAt: (field: string) => string | undefined;
	readonly change: (part: Partial<ProfileDraft>) => void;
}

/** Provider, model and key, and how they are asked. */
function ProfileTarget({ draft, errorAt, change }: ProfileTargetProps) {
	const { data: models = [] } = useModels();
	const { data: rows = [] } = useProviders();
	const providers = useProviderIds();
	const offered = models.filter(({ provider, kind }) => provider === draft.provider && kind === 'chat');
	const chosen = offered.find(({ model }) => model === draft.model);
	const routingLayers = useLayersBelow('routing', null);
	const contextLayers = useLayersBelow('context', null);
	const keys = rows.filter(({ provider, source }) => provider === draft.provider && source === 'organization');
	return (
		<>
			<SimpleGrid cols={{ base: 1, sm: 2 }}>
				<Autocomplete
					label="Provider"
					required
					data={providers}
					spellCheck={false}
					value={draft.provider}
					error={errorAt('provider')}
					onChange={(provider) => change({ provider, keyRef: '' })}
				/>
				<Autocomplete
					label="Model"
					description="As the provider names it"
					inputWrapperOrder={['label', 'input', 'description', 'error']}
					required
					data={[...new Set(offered.map(({ model }) => model))]}
					limit={80}
					spellCheck={false}
					value={draft.model}
					error={errorAt('model')}
					onChange={(model) => change({ model })}
				/>
			</SimpleGrid>
			<Select
				label="Key"
				description={
					keys.length === 0 && draft.provider !== ''
						? 'Your organization has no key of this provider: the gateway’s own is used where it has one'
						: 'Which of your keys it uses'
				}
				placeholder="The provider's default key"
				clearable
				clearButtonProps={{ 'aria-label': 'Clear the key' }}
				data={[...new Set([...keys.map(({ name }) => name), ...(draft.keyRef === '' ? [] : [draft.keyRef])])]}
				value={draft.keyRef || null}
				error={errorAt('keyRef')}
				onChange={(keyRef) => change({ keyRef: keyRef ?? '' })}
			/>
			<ModelSettingsFields
				draft={draft.settings}
				model={chosen}
				errorAt={(field) => errorAt(`settings.${field}`)}
				change={(part) => change({ settings: { ...draft.settings, ...part } })}
			/>
			<RoutingFields
				draft={draft.routing}
				owner="profile"
				layers={routingLayers}
				errorAt={(field) => errorAt(`routing.${field}`)}
				change={(part) => change({ routing: { ...draft.routing, ...part } })}
			/>
			<ContextFields
				draft={draft.context}
				layers={contextLayers}
				errorAt={(field) => errorAt(`context.${field}`)}
				change={(part) => change({ context: { ...draft.context, ...part } })}
			/>
		</>
	);
}
