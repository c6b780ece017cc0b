import { Badge, Button, Group, Modal, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { CONTEXT } from '../../context/context-text';
import type { Profile } from '../../data/types';
import { FailureAlert } from '../../failure/failure-alert';
import { summaryOf } from '../../policy/words';
import { ROUTING } from '../../routing/policy-text';
import { useSignedIn } from '../../session/session';
import { Confirmation } from '../../ui/confirmation';
import { valueText } from '../../ui/field-changes';
import { PlusIcon } from '../../ui/icons';
import { OriginBadge } from '../../ui/origin-badge';
import { Rows } from '../../ui/rows';
import { useConfigurationChange, useOwnConfiguration, useProfiles } from '../queries';
import { ProfileForm } from './profile-form';

interface ProfileRowProps {
	readonly profile: Profile;
	/** null: nothing can be changed here. */
	readonly act: {
		readonly edit: () => void;
		readonly remove: () => void;
		readonly makeDefault: () => void;
	} | null;
}

const settingsText = (settings: Profile['settings']): string =>
	Object.keys(settings).length === 0 ? 'the model’s own' : valueText(settings);

function ProfileRow({ profile, act }: ProfileRowProps) {
	const { name, provider, model, keyRef, settings, isDefault, origin } = profile;
	const policies = [summaryOf(ROUTING, profile.routing), summaryOf(CONTEXT, profile.context)];
	const own = origin === 'organization';
	return (
		<Table.Tr>
			<Table.Th scope="row">
				<Group gap="xs">
					<Text size="sm" fw={600}>
						{name}
					</Text>
					{isDefault && (
						<Badge variant="light" tt="none">
							default
						</Badge>
					)}
				</Group>
				<Text size="xs" c="dimmed" ff="monospace" fw={400}>
					profile:{name}
				</Text>
			</Table.Th>
			<Table.Td>
				<Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
					{provider === null ? 'the environment’s' : `${provider}/${model}`}
				</Text>
				{keyRef !== null && (
					<Text size="xs" c="dimmed">
						with key {keyRef}
					</Text>
				)}
			</Table.Td>
			<Table.Td>
				<Text size="xs" maw={260} style={{ overflowWrap: 'anywhere' }}>
					{settingsText(settings)}
				</Text>
				{policies.map(
					(summary) =>
						summary !== null && (
							<Text key={summary} size="xs" c="dimmed" maw={260} className="wrap">
								{summary}
							</Text>
						),
				)}
			</Table.Td>
			<Table.Td>
				<OriginBadge origin={origin} />
			</Table.Td>
			{act && (
				<Table.Td>
					<Group gap="xs" wrap="nowrap">
						<Button
							variant="default"
							size="compact-sm"
							aria-label={own ? `Edit ${name}` : `Override ${name}`}
							onClick={act.edit}
						>
							{own ? 'Edit' : 'Override'}
						</Button>
						{!isDefault && (
							<Button
								variant="default"
								size="compact-sm"
								aria-label={`Make ${name} the default`}
								onClick={act.makeDefault}
							>
								Make default
							</Button>
						)}
						{own && (
							<Button variant="light" color="red" size="compact-sm" aria-label={`Remove ${name}`} onClick={act.remove}>
								Remove
							</Button>
						)}
					</Group>
				</Table.Td>
			)}
		</Table.Tr>
	);
}

type Edited = { readonly profile: Profile | null };

export function ProfilesTab() {
	const { client } = useSignedIn();
	const query = useProfiles();
	const mayChange = useOwnConfiguration();
	const [edited, setEdited] = useState<Edited | null>(null);
	const [removed, setRemoved] = useState<Profile | null>(null);
	const remove = useConfigurationChange(client.trpc.profiles.remove.mutate);
	const setDefault = useConfigurationChange(client.trpc.profiles.setDefault.mutate);
	const keep = (): void => {
		setRemoved(null);
		remove.reset();
	};
	const hasDefault = query.data?.some(({ isDefault }) => isDefault) ?? false;
	return (
		<>
			<Group justify="space-between" mb="md">
				<Text size="sm" maw={640}>
					A model with its settings under a name. Yours win over the gateway’s of the same name.{' '}
					{hasDefault
						? 'The default answers requests that name no model.'
						: 'No default of your own: requests that name no model get the gateway’s.'}
				</Text>
				{mayChange && (
					<Group gap="xs">
						{hasDefault && (
							<Button
								variant="default"
								loading={setDefault.isPending}
								onClick={() => setDefault.mutate({ name: null })}
							>
								Use the gateway’s default
							</Button>
						)}
						<Button leftSection={<PlusIcon />} onClick={() => setEdited({ profile: null })}>
							New profile
						</Button>
					</Group>
				)}
			</Group>
			<FailureAlert failure={setDefault.error} title="The default could not be changed" />
			<Rows
				label="Profiles"
				columns={['Profile', 'Model', 'Settings', 'From', ...(mayChange ? ['Actions'] : [])]}
				query={query}
				empty="No profile yet."
				row={(profile) => (
					<ProfileRow
						key={profile.name}
						profile={profile}
						act={
							mayChange
								? {
										edit: () => setEdited({ profile }),
										remove: () => setRemoved(profile),
										makeDefault: () => setDefault.mutate({ name: profile.name }),
									}
								: null
						}
					/>
				)}
			/>
			<Modal
				opened={edited !== null}
				onClose={() => setEdited(null)}
				title={titleOf(edited)}
				size="xl"
				closeButtonProps={{ 'aria-label': 'Close' }}
			>
				{edited && <ProfileForm profile={edited.profile} close={() => setEdited(null)} />}
			</Modal>
			<Confirmation
				opened={removed !== null}
				title={`Remove ${removed?.name ?? ''}?`}
				action="Remove profile"
				pending={remove.isPending}
				failure={remove.error}
				confirm={() => removed && remove.mutate({ name: removed.name }, { onSuccess: keep })}
				close={keep}
			>
				Where the gateway has a profile of this name, that one counts again.
			</Confirmation>
		</>
	);
}

function titleOf(edited: Edited | null): string {
	if (!edited?.profile) return 'New profile';
	const { name, origin } = edited.profile;
	return origin === 'organization' ? `Profile ${name}` : `Override ${name} for your organization`;
}
