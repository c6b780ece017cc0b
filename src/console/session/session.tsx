/** Who is signed in: the client that carries the credential, and what the credential may do. */
import { QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react';
import { asSwitchyardError, createSwitchyard, type Switchyard } from '../../client';
import { newQueryClient } from '../data/query-client';
import { type Access, accessOf } from './access';
import { clearSession, readSession, type Stored, writeSession } from './storage';

type State =
	| { readonly kind: 'out'; readonly failure: unknown }
	| { readonly kind: 'checking' }
	| { readonly kind: 'in'; readonly stored: Stored; readonly access: Access };

interface Session {
	readonly state: State;
	/** Throws what the gateway says about the key. */
	readonly signIn: (key: string) => Promise<void>;
	readonly signOut: () => void;
	/** Operators only. */
	readonly selectOrganization: (slug: string) => void;
}

interface SignedIn {
	readonly client: Switchyard;
	readonly access: Access;
	/** Slug of the organization that requests act on; null: the key's own, whose name it may not read. */
	readonly organization: string | null;
}

const SessionContext = createContext<Session | null>(null);
const SignedInContext = createContext<SignedIn | null>(null);

const clientOf = ({ key, organization }: Stored): Switchyard =>
	createSwitchyard({ url: location.origin, key, ...(organization !== null && { organization }) });

/** The operator's stored choice may be gone by now: then without it. */
async function opened(stored: Stored): Promise<Extract<State, { kind: 'in' }>> {
	const access = await accessOf(clientOf(stored));
	if (access.role !== 'operator') return { kind: 'in', stored: { ...stored, organization: null }, access };
	return { kind: 'in', stored: { ...stored, organization: stored.organization ?? access.organization }, access };
}

async function reopened(stored: Stored): Promise<State> {
	try {
		return await opened(stored);
	} catch (thrown) {
		if (stored.organization !== null) return reopened({ ...stored, organization: null });
		if (asSwitchyardError(thrown)?.code === 'unauthorized') clearSession();
		return { kind: 'out', failure: thrown };
	}
}

export function SessionProvider({ children }: { readonly children: ReactNode }) {
	const [state, setState] = useState<State>(() =>
		readSession() ? { kind: 'checking' } : { kind: 'out', failure: null },
	);
	const [queries] = useState(() =>
		newQueryClient((failure) => {
			clearSession();
			setState({ kind: 'out', failure });
		}),
	);

	useEffect(() => {
		const stored = readSession();
		let current = true;
		if (stored) void reopened(stored).then((next) => current && setState(next));
		return () => {
			current = false;
		};
	}, []);

	useEffect(() => {
		if (state.kind === 'in') writeSession(state.stored);
		if (state.kind === 'out') queries.clear();
	}, [state, queries]);

	const signIn = useCallback(async (key: string) => setState(await opened({ key, organization: null })), []);
	const signOut = useCallback(() => {
		clearSession();
		setState({ kind: 'out', failure: null });
	}, []);
	const selectOrganization = useCallback(
		(organization: string) =>
			setState((now) => (now.kind === 'in' ? { ...now, stored: { ...now.stored, organization } } : now)),
		[],
	);
	const session = useMemo(
		() => ({ state, signIn, signOut, selectOrganization }),
		[state, signIn, signOut, selectOrganization],
	);
	const signedIn = useMemo(
		() =>
			state.kind === 'in'
				? {
						client: clientOf(state.stored),
						access: state.access,
						organization: state.stored.organization ?? state.access.organization,
					}
				: null,
		[state],
	);
	return (
		<SessionContext value={session}>
			<SignedInContext value={signedIn}>
				<QueryClientProvider client={queries}>{children}</QueryClientProvider>
			</SignedInContext>
		</SessionContext>
	);
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
