import { Alert, Anchor, Center, Loader, Text } from '@mantine/core';
import { Suspense } from 'react';
import { linkTo } from './navigation/link';
import { usePath } from './navigation/location';
import { mayOpen, pageAt } from './navigation/pages';
import { Shell } from './navigation/shell';
import { ConversationProvider } from './playground/conversation-context';
import { useSession, useSignedIn } from './session/session';
import { SignIn } from './session/sign-in';
import { PageHead } from './ui/page-head';

const Wait = () => (
	<Center mih="60dvh">
		<Loader aria-label="Loading" />
	</Center>
);

export function App() {
	const { state } = useSession();
	if (state.kind === 'checking') return <Wait />;
	return state.kind === 'out' ? <SignIn ended={state.ended} /> : <SignedInApp />;
}

function SignedInApp() {
	const { organization } = useSignedIn();
	return (
		<ConversationProvider key={organization}>
			<Shell>
				<Suspense fallback={<Wait />}>
					<CurrentPage />
				</Suspense>
			</Shell>
		</ConversationProvider>
	);
}

function CurrentPage() {
	const { access, organization } = useSignedIn();
	const at = pageAt(usePath());
	if (!at)
		return (
			<>
				<PageHead title="No such page" />
				<Text>
					There is nothing at this address. <Anchor {...linkTo('/')}>Back to the playground</Anchor>
				</Text>
			</>
		);
	const { page, rest } = at;
	if (!mayOpen(page, access)) return <Forbidden label={page.label} scope={page.needs} />;
	if (page.tenant && access.role === 'operator' && organization === null) return <NoOrganization label={page.label} />;
	return <page.component key={organization} rest={rest} />;
}

function Forbidden({ label, scope }: { readonly label: string; readonly scope: string }) {
	const { access } = useSignedIn();
	return (
		<>
			<PageHead title={label} />
			<Alert
				color="cyan"
				title={`This sign-in (${access.title.toLowerCase()}) lacks the scope ‘${scope}’`}
				role="alert"
			>
				Owners and admins have the scope <b>manage</b>, everybody <b>inference</b>; a gateway key has those it was made
				with. Ask an owner of your organization, or sign in with another key.
			</Alert>
		</>
	);
}

function NoOrganization({ label }: { readonly label: string }) {
	return (
		<>
			<PageHead title={label} />
			<Text>
				There is no organization to act on yet. <Anchor {...linkTo('/organizations')}>Create the first one</Anchor>
			</Text>
		</>
	);
}
