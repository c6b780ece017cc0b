import { Alert, Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core';
import { CheckIcon } from '../ui/icons';

/** A key for the only time that it can be seen. */
export function NewSecret({ secret, done }: { readonly secret: string; readonly done: () => void }) {
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
