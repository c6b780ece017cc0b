import { ActionIcon, Menu } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useChange } from '../data/queries';
import type { ProviderRow } from '../data/types';
import { linkTo } from '../navigation/link';
import { useSignedIn } from '../session/session';
import { MoreIcon } from '../ui/icons';
import { RemoveProvider } from './remove-provider';
import { RotateProvider } from './rotate-provider';

/** What can be done with a key beside editing it. */
export interface ProviderActions {
	readonly rotate: (row: ProviderRow) => void;
	readonly remove: (row: ProviderRow) => void;
	readonly update: (row: ProviderRow, part: { readonly isActive?: boolean; readonly isDefault?: boolean }) => void;
	/** Why the last update was refused; null: it was not. */
	readonly failure: unknown;
	/** To be shown somewhere on the page. */
	readonly dialogs: ReactNode;
}

export function useProviderActions(): ProviderActions {
	const { client } = useSignedIn();
	const [rotated, setRotated] = useState<ProviderRow | null>(null);
	const [removed, setRemoved] = useState<ProviderRow | null>(null);
	const update = useChange('providers', client.providers.update.mutate);
	return {
		rotate: setRotated,
		remove: setRemoved,
		update: ({ id, version }, part) => update.mutate({ id, version, ...part }),
		failure: update.error,
		dialogs: (
			<>
				<RotateProvider row={rotated} close={() => setRotated(null)} />
				<RemoveProvider row={removed} close={() => setRemoved(null)} />
			</>
		),
	};
}

interface ProviderMenuProps {
	readonly row: ProviderRow;
	readonly actions: ProviderActions;
	/** px */
	readonly size: number;
}

export function ProviderMenu({ row, actions, size }: ProviderMenuProps) {
	const { rotate, remove, update } = actions;
	return (
		<Menu position="bottom-end" width={220}>
			<Menu.Target>
				<ActionIcon variant="default" size={size} aria-label={`More on ${row.name}`}>
					<MoreIcon />
				</ActionIcon>
			</Menu.Target>
			<Menu.Dropdown>
				<Menu.Item component="a" {...linkTo(`/providers/${row.id}/usage`)}>
					Usage
				</Menu.Item>
				<Menu.Item component="a" {...linkTo(`/providers/${row.id}/models`)}>
					Models
				</Menu.Item>
				<Menu.Item component="a" {...linkTo(`/audit?entity=provider&entityId=${row.id}`)}>
					Who changed it
				</Menu.Item>
				{row.source === 'organization' && (
					<>
						<Menu.Divider />
						<Menu.Item onClick={() => rotate(row)}>Replace key</Menu.Item>
						{row.isActive && !row.isDefault && (
							<Menu.Item onClick={() => update(row, { isDefault: true })}>Make default</Menu.Item>
						)}
						<Menu.Item onClick={() => update(row, { isActive: !row.isActive })}>
							{row.isActive ? 'Deactivate' : 'Activate'}
						</Menu.Item>
						<Menu.Item color="red" onClick={() => remove(row)}>
							Remove
						</Menu.Item>
					</>
				)}
			</Menu.Dropdown>
		</Menu>
	);
}
