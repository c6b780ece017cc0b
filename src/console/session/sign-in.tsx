import { Button, Center, Code, Group, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { explain } from '../failure/explain';
import { FailureAlert } from '../failure/failure-alert';
import { journey } from '../navigation/location';
import { ColorSchemeToggle } from '../ui/color-scheme-toggle';
import { Mark } from '../ui/icons';
import { useSession } from './session';

/** All that a header carries; what is pasted from a document may hold more. */
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/** `failure`: why an earlier session ended. */
export function SignIn({ failure: ended }: { readonly failure: unknown }) {
	const { signIn } = useSession();
	const [key, setKey] = useState('');
	const [pending, setPending] = useState(false);
	const [failure, setFailure] = useState<unknown>(ended);
	const malformed = !VISIBLE_ASCII.test(key.trim());
	const input = useRef<HTMLInputElement>(null);
	useEffect(() => {
		document.title = 'Sign in · Switchyard';
		input.current?.focus();
	}, []);

	const submit = async (event: FormEvent): Promise<void> => {
		event.preventDefault();
		if (malformed) return;
		setFailure(null);
		setPending(true);
		try {
			journey.begun = true;
			await signIn(key.trim());
		} catch (thrown) {
			setFailure(thrown);
			setPending(false);
			input.current?.select();
		}
	};
	const refused = failure ? explain(failure).code === 'unauthorized' : false;
	return (
		<Center component="main" mih="100dvh" p="md">
			<Paper withBorder shadow="sm" p="xl" w="100%" maw={460}>
				<form onSubmit={(event) => void submit(event)}>
					<Stack>
						<Group justify="space-between">
							<Group gap="xs">
								<Mark />
								<Title order={1} size="h3">
									Switchyard
								</Title>
							</Group>
							<ColorSchemeToggle />
						</Group>
						<Text size="sm" c="dimmed">
							Sign in with a gateway key (<Code>sy_…</Code>) or, as the platform's operator, with{' '}
							<Code>ADMIN_API_KEY</Code>. It stays in this tab and is forgotten when you sign out or close it.
						</Text>
						<PasswordInput
							ref={input}
							label="Key"
							name="key"
							autoComplete="off"
							spellCheck={false}
							required
							withAsterisk={false}
							value={key}
							onChange={(event) => setKey(event.currentTarget.value)}
							error={
								key.trim() !== '' && malformed ? 'A key has only letters, digits and signs: copy it again.' : refused
							}
							visibilityToggleButtonProps={{ 'aria-label': 'Show the key', tabIndex: 0 }}
						/>
						<FailureAlert
							failure={failure}
							title={refused ? 'This key is not accepted' : 'You could not be signed in'}
						/>
						<Button type="submit" loading={pending} disabled={malformed} fullWidth>
							Sign in
						</Button>
						<Text size="xs" c="dimmed">
							<Code>npm run dev</Code> prints a development key when it starts.
						</Text>
					</Stack>
				</form>
			</Paper>
		</Center>
	);
}
