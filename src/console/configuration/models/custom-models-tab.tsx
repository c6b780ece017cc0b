import { Badge, Button, Group, Modal, Table, Text } from '@mantine/core';
import { useState } from 'react';
import type { CustomModel } from '../../data/types';
import { useSignedIn } from '../../session/session';
import { Confirmation } from '../../ui/confirmation';
import { shortCount } from '../../ui/format';
import { PlusIcon } from '../../ui/icons';
import { Rows } from '../../ui/rows';
import { useConfigurationChange, useCustomModels } from '../queries';
import { CustomModelForm } from './custom-model-form';

function abilitiesOf({ capabilities }: CustomModel): string[] {
	const { input, ...able } = capabilities;
	const said = Object.entries(able).map(([ability, can]) => (can ? ability : `no ${ability}`));
	if (!input) return said;
	return [...said, ...(input.length === 0 ? ['text only'] : input)];
}

const figure = (value: number | null): string => (value === null ? '–' : shortCount(value));

interface CustomModelRowProps {
	readonly model: CustomModel;
	readonly edit: () => void;
	readonly remove: () => void;
}

function CustomModelRow({ model, edit, remove }: CustomModelRowProps) {
	const { provider, model: name, displayName, kind, contextWindow, maxOutput, prices, inCatalog } = model;
	const id = `${provider}/${name}`;
	return (
		<Table.Tr>
			<Table.Th scope="row">
				<Text size="sm" ff="monospace" fw={600} style={{ overflowWrap: 'anywhere' }}>
					{id}
				</Text>
				<Text size="xs" c="dimmed" fw={400}>
					{[displayName, kind, inCatalog ? 'over the catalog’s figures' : 'your own'].filter(Boolean).join(' · ')}
				</Text>
			</Table.Th>
			<Table.Td>
				{figure(contextWindow)} / {figure(maxOutput)}
			</Table.Td>
			<Table.Td>{prices ? `$${prices.input} / $${prices.output}` : '–'}</Table.Td>
			<Table.Td>
				<Group gap={4}>
					{abilitiesOf(model).map((ability) => (
						<Badge key={ability} size="sm" variant="default" tt="none">
							{ability}
						</Badge>
					))}
				</Group>
			</Table.Td>
			<Table.Td>
				<Group gap="xs" wrap="nowrap">
					<Button variant="default" size="compact-sm" aria-label={`Edit ${id}`} onClick={edit}>
						Edit
					</Button>
					<Button variant="light" color="red" size="compact-sm" aria-label={`Remove ${id}`} onClick={remove}>
						Remove
					</Button>
				</Group>
			</Table.Td>
		</Table.Tr>
	);
}

type Edited = { readonly model: CustomModel | null };

export function CustomModelsTab() {
	const { client } = useSignedIn();
	const query = useCustomModels();
	const [edited, setEdited] = useState<Edited | null>(null);
	const [removed, setRemoved] = useState<CustomModel | null>(null);
	const remove = useConfigurationChange(client.trpc.customModels.remove.mutate);
	const keep = (): void => {
		setRemoved(null);
		remove.reset();
	};
	return (
		<>
			<Group justify="space-between" mb="md">
				<Text size="sm" maw={640}>
					Models the catalog does not know, and what you know better of those it does: negotiated prices, limits of your
					own deployments.
				</Text>
				<Button leftSection={<PlusIcon />} onClick={() => setEdited({ model: null })}>
					New custom model
				</Button>
			</Group>
			<Rows
				label="Custom models"
				columns={['Model', 'Context / output', 'USD per 1M tokens, in / out', 'Can', 'Actions']}
				query={query}
				empty="No custom model: everything is as the catalog says."
				row={(model) => (
					<CustomModelRow
						key={`${model.provider}/${model.model}`}
						model={model}
						edit={() => setEdited({ model })}
						remove={() => setRemoved(model)}
					/>
				)}
			/>
			<Modal
				opened={edited !== null}
				onClose={() => setEdited(null)}
				title={edited?.model ? `${edited.model.provider}/${edited.model.model}` : 'New custom model'}
				size="xl"
				closeButtonProps={{ 'aria-label': 'Close' }}
			>
				{edited && <CustomModelForm model={edited.model} close={() => setEdited(null)} />}
			</Modal>
			<Confirmation
				opened={removed !== null}
				title={`Remove ${removed ? `${removed.provider}/${removed.model}` : ''}?`}
				action="Remove model"
				pending={remove.isPending}
				failure={remove.error}
				confirm={() => {
					if (!removed) return;
					const { provider, model, version } = removed;
					remove.mutate({ provider, model, version }, { onSuccess: keep });
				}}
				close={keep}
			>
				{removed?.inCatalog
					? 'The catalog’s own figures count again from the next request on.'
					: 'Nobody knows this model without it: requests that name it are refused or guessed at.'}
			</Confirmation>
		</>
	);
}
