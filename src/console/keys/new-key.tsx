import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useChange } from '../data/queries';
import { useSignedIn } from '../session/session';
import { PlusIcon } from '../ui/icons';
import { inputOf, NEW_KEY } from './key-draft';
import { KeyForm } from './key-form';
import { NewSecret } from './new-secret';

export function NewKey() {
	const { client } = useSignedIn();
	const [opened, { open, close }] = useDisclosure(false);
	const create = useChange('keys', client.gatewayKeys.create.mutate);
	const done = (): void => {
		close();
		create.reset();
	};
	const key = create.data?.key;
	return (
		<>
			<Button leftSection={<PlusIcon />} onClick={open}>
				New key
			</Button>
			<Modal
				opened={opened}
				onClose={done}
				title={key === undefined ? 'New gateway key' : 'Your new key'}
				size="xl"
				// Shown this once: a slip of the mouse or of Escape must not lose it.
				closeOnClickOutside={key === undefined}
				closeOnEscape={key === undefined}
				withCloseButton={key === undefined}
				closeButtonProps={{ 'aria-label': 'Close' }}
			>
				{key === undefined ? (
					<KeyForm
						initial={NEW_KEY}
						action="Create key"
						pending={create.isPending}
						failure={create.error}
						cancel={done}
						save={(draft) => create.mutate(inputOf(draft, Date.now()))}
					/>
				) : (
					<NewSecret secret={key} done={done} />
				)}
			</Modal>
		</>
	);
}
