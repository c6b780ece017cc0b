import { Button, Center, Code, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { explain } from '../failure/explain';
import { FailureAlert } from '../failure/failure-alert';
import { journey } from '../navigation/location';
import { ColorSchemeToggle } from '../ui/color-scheme-toggle';
import { Mark } from '../ui/icons';
import { SecretInput } from '../ui/secret-input';
import { isOver } from './reading';
import { useSession } from './session';
import type { Ended } from './session-state';

/** All that a header carries; what is pasted from a document may hold more. */
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

const AGAIN = 'Sign in again. Where this key was revoked, has expired or its user was removed, it takes another one.';

interface Problem extends Ended {
	readonly advice?: string;
}

function refusedBecause(failure: unknown): Problem {
	const refused = explain(failure).code === 'unauthorized';
	return { failure, title: refused ? 'This key is not accepted' : 'You could not be signed in' };
}

const explained = (ended: Ended): Problem => (isOver(ended.failure) ? { ...ended, advice: AGAIN } : ended);

/** `ended`: why an earlier session is over. */
export function SignIn({ ended }: { readonly ended: Ended | null }) {
	const { signIn } = useSession();
	const [key, setKey] = useState('');
	const [pending, setPending] = useState(false);
	const [problem, setProblem] = useState<Problem | null>(ended && explained(ended));
	const malformed = !VISIBLE_ASCII.test(key.trim());
	const input = useRef<HTMLInputElement>(null);
	useEffect(() => {
		document.title = 'Sign in · Switchyard';
		input.current?.focus();
	}, []);

	const submit = async (event: FormEvent): Promise<void> => {
		event.preventDefault();
		if (malformed) return;
		setProblem(null);
		setPending(true);
		try {
			journey.begun = true;
			await signIn(key.trim());
		} catch (thrown) {
			setProblem(refusedBecause(thrown));
			setPending(false);
			input.current?.select();
		}
	};
	const refused = problem !== null && problem.advice === undefined && explain(problem.failure).code === 'unauthorized';
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
							Sign in with a gateway key (<Code>sy_…</Code>), a token (JWT) of your organization’s identity provider or,
							as the platform’s operator, with <Code>ADMIN_API_KEY</Code>.
						</Text>
						<SecretInput
							ref={input}
							label="Key or token"
							name="key"
							autoComplete="off"
							required
							withAsterisk={false}
							value={key}
							onChange={(event) => setKey(event.currentTarget.value)}
							error={
								key.trim() !== '' && malformed ? 'A key has only letters, digits and signs: copy it again.' : refused
							}
						/>
						<FailureAlert failure={problem?.failure} title={problem?.title ?? ''} advice={problem?.advice} />
						<Button type="submit" loading={pending} disabled={malformed} fullWidth>
							Sign in
						</Button>
						<Text size="xs" c="dimmed">
							Your browser keeps it sealed in a cookie that no page can read, until you sign out, for twelve hours at
							most.
						</Text>
						<Text size="xs" c="dimmed">
							<Code>npm run dev</Code> prints a development key when it starts.
						</Text>
					</Stack>
				</form>
			</Paper>
		</Center>
	);
}
