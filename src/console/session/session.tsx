/** Who is signed in, by the browser's cookie, and the client that speaks for them. */
import { QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useMemo, useState } from 'react';
import { createSwitchyard, type Switchyard } from '../../client';
import { newQueryClient } from '../data/query-client';
import type { Access } from './access';
import { type SessionState, useSessionState } from './session-state';
import { watchedFetch } from './watched-fetch';

interface Session {
	readonly state: SessionState;
	/** Throws what the gateway says about the credential. */
	readonly signIn: (credential: string) => Promise<void>;
	readonly signOut: () => Promise<void>;
	/** Operators only. */
	readonly selectOrganization: (slug: string) => void;
}

interface SignedIn {
	readonly client: Switchyard;
	readonly access: Access;
	/** Slug of the organization that requests act on; null: there is none yet. */
	readonly organization: string | null;
}

const SessionContext = createContext<Session | null>(null);
const SignedInContext = createContext<SignedIn | null>(null);

export function SessionProvider({ children }: { readonly children: ReactNode }) {
	const { state, refused, signal, signIn, signOut, selectOrganization } = useSessionState();
	const access = state.kind === 'in' ? state.access : null;
	const chosen = access?.role === 'operator' ? access.organization : null;
	const client = useMemo(
		() =>
			createSwitchyard({
				url: location.origin,
				fetch: watchedFetch(refused, signal),
				...(chosen !== null && { organization: chosen }),
			}),
		[chosen, refused, signal],
	);
	const session = useMemo(
		() => ({ state, signIn, signOut, selectOrganization }),
		[state, signIn, signOut, selectOrganization],
	);
	const signedIn = useMemo(() => access && { client, access, organization: access.organization }, [client, access]);
	return (
		<SessionContext value={session}>
			<SignedInContext value={signedIn}>
				<Queries key={access?.title} refused={refused}>
					{children}
				</Queries>
			</SignedInContext>
		</SessionContext>
	);
}

interface QueriesProps {
	readonly refused: (reason: unknown) => void;
	readonly children: ReactNode;
}

/** One per holder of the session: nobody sees what was read for somebody else. */
function Queries({ refused, children }: QueriesProps) {
	const [queries] = useState(() => newQueryClient(refused));
	return <QueryClientProvider client={queries}>{children}</QueryClientProvider>;
}

export function useSession(): Session {
	const session = use(SessionContext);
	if (!session) throw new Error('useSession needs a SessionProvider around it.');
	return session;
}

/** Only below the sign-in gate. */
export function useSignedIn(): SignedIn {
	const signedIn = use(SignedInContext);
	if (!signedIn) throw new Error('useSignedIn needs a signed-in session.');
	return signedIn;
}
