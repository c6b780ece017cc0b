import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useChange } from '../data/queries';
import { useSignedIn } from '../session/session';
import { CheckIcon, PlusIcon } from '../ui/icons';
import { inputOf } from './key-draft';
import { KeyForm } from './key-form';

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
				size="lg"
				// Shown this once: a slip of the mouse or of Escape must not lose it.
				closeOnClickOutside={key === undefined}
				closeOnEscape={key === undefined}
				withCloseButton={key === undefined}
				closeButtonProps={{ 'aria-label': 'Close' }}
			>
				{key === undefined ? (
					<KeyForm
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

function NewSecret({ secret, done }: { readonly secret: string; readonly done: () => void }) {
	return (
		<Stack>
			<Alert color="cyan" title="Copy it now" role="alert">
				It is shown this once and can’t be had again: the gateway keeps only a hash of it.
			</Alert>
			<Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }} data-testid="secret">
				{secret}
			</Code>
			<Text size="sm" c="dimmed">
				Send it as <Code>authorization: Bearer …</Code>
			</Text>
			<Group justify="flex-end">
				<CopyButton value={secret}>
					{({ copied, copy }) => (
						<Button
							variant={copied ? 'light' : 'filled'}
							leftSection={copied ? <CheckIcon /> : undefined}
							onClick={copy}
							data-autofocus
						>
							{copied ? 'Copied' : 'Copy key'}
						</Button>
					)}
				</CopyButton>
				<Button variant="default" onClick={done}>
					I have it: close
				</Button>
			</Group>
		</Stack>
	);
}
