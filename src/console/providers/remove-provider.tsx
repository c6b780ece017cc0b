import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../data/queries';
import type { ProviderRow } from '../data/types';
import { useSignedIn } from '../session/session';
import { Confirmation } from '../ui/confirmation';

interface RemoveProviderProps {
	/** null: closed. */
	readonly row: ProviderRow | null;
	readonly close: () => void;
}

export function RemoveProvider({ row, close }: RemoveProviderProps) {
	const { client } = useSignedIn();
	const [erase, setErase] = useState(true);
	const remove = useChange('providers', client.providers.remove.mutate);
	const done = (): void => {
		close();
		remove.reset();
	};
	return (
		<Confirmation
			opened={row !== null}
			title={`Remove ${row?.name ?? ''}?`}
			action="Remove key"
			pending={remove.isPending}
			failure={remove.error}
			confirm={() => row && remove.mutate({ id: row.id, version: row.version, erase }, { onSuccess: done })}
			close={done}
			choices={
				<Checkbox
					label="Delete the stored key too"
					description="It then takes a new key to use this row again"
					checked={erase}
					onChange={(event) => setErase(event.currentTarget.checked)}
				/>
			}
		>
			Requests stop using it from the next one on. The row stays listed as inactive, since its usage refers to it.
		</Confirmation>
	);
}
