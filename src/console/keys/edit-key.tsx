import { Anchor, Modal } from '@mantine/core';
import { useChange } from '../data/queries';
import type { GatewayKey } from '../data/types';
import { linkTo } from '../navigation/link';
import { useSignedIn } from '../session/session';
import { draftOf, updateInput } from './key-draft';
import { KeyForm } from './key-form';

interface EditKeyProps {
	/** null: closed. */
	readonly row: GatewayKey | null;
	readonly close: () => void;
}

/** In force on the next request; tokens the key issued are revoked where it may do less than before. */
export function EditKey({ row, close }: EditKeyProps) {
	const { client } = useSignedIn();
	const update = useChange('keys', client.gatewayKeys.update.mutate);
	const done = (): void => {
		close();
		update.reset();
	};
	return (
		<Modal
			opened={row !== null}
			onClose={done}
			title={row?.name}
			size="xl"
			closeButtonProps={{ 'aria-label': 'Close' }}
		>
			{row && (
				<KeyForm
					initial={draftOf(row)}
					action="Save"
					pending={update.isPending}
					failure={update.error}
					cancel={done}
					save={(draft) => update.mutate(updateInput(row, draft, Date.now()), { onSuccess: done })}
				>
					<Anchor {...linkTo(`/audit?entity=gateway-key&entityId=${row.id}`)} size="sm" mr="auto">
						Who changed it
					</Anchor>
				</KeyForm>
			)}
		</Modal>
	);
}
