import { Badge, Button, Group, Table, Text } from '@mantine/core';
import type { GlobalSetting } from '../data/types';
import { valueText } from '../ui/field-changes';

export interface GlobalActions {
	readonly edit: () => void;
	readonly makeDefault: () => void;
	readonly setActive: (active: boolean) => void;
}

interface GlobalRowProps {
	readonly row: GlobalSetting;
	/** null: it may only be looked at. */
	readonly act: GlobalActions | null;
}

const price = (usd: string | null): string => (usd === null ? 'catalog’s' : `$${usd}`);

export function GlobalRow({ row, act }: GlobalRowProps) {
	const { id, displayName, provider, model, category, capabilities, settings, isDefault, isActive } = row;
	return (
		<Table.Tr {...(!isActive && { c: 'dimmed' })}>
			<Table.Th scope="row">
				<Group gap="xs">
					<Text size="sm" fw={600}>
						{displayName}
					</Text>
					{isDefault && (
						<Badge variant="light" tt="none">
							default
						</Badge>
					)}
					{!isActive && (
						<Badge variant="light" color="gray" tt="none">
							inactive
						</Badge>
					)}
				</Group>
				<Text size="xs" c="dimmed" ff="monospace" fw={400}>
					{isDefault ? id : `profile:${id}`}
				</Text>
			</Table.Th>
			<Table.Td>
				<Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
					{provider === null ? 'the environment’s' : `${provider}/${model}`}
				</Text>
				<Text size="xs" c="dimmed">
					{[category, ...capabilities].join(', ')}
				</Text>
			</Table.Td>
			<Table.Td>
				{row.inputUsdPerMillion === null && row.outputUsdPerMillion === null
					? 'the catalog’s'
					: `${price(row.inputUsdPerMillion)} / ${price(row.outputUsdPerMillion)}`}
			</Table.Td>
			<Table.Td>
				<Text size="xs" maw={220} style={{ overflowWrap: 'anywhere' }}>
					{Object.keys(settings).length === 0 ? 'the model’s own' : valueText(settings)}
				</Text>
			</Table.Td>
			{act && (
				<Table.Td>
					<Actions row={row} act={act} />
				</Table.Td>
			)}
		</Table.Tr>
	);
}

function Actions({ row, act }: { readonly row: GlobalSetting; readonly act: GlobalActions }) {
	const { displayName, isActive, isDefault } = row;
	if (!isActive)
		return (
			<Button
				variant="default"
				size="compact-sm"
				aria-label={`Activate ${displayName}`}
				onClick={() => act.setActive(true)}
			>
				Activate
			</Button>
		);
	return (
		<Group gap="xs" wrap="nowrap">
			<Button variant="default" size="compact-sm" aria-label={`Edit ${displayName}`} onClick={act.edit}>
				Edit
			</Button>
			{!isDefault && (
				<>
					<Button
						variant="default"
						size="compact-sm"
						aria-label={`Make ${displayName} the default`}
						onClick={act.makeDefault}
					>
						Make default
					</Button>
					<Button
						variant="light"
						color="red"
						size="compact-sm"
						aria-label={`Deactivate ${displayName}`}
						onClick={() => act.setActive(false)}
					>
						Deactivate
					</Button>
				</>
			)}
		</Group>
	);
}
