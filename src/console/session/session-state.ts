/** Whether somebody is signed in, found out anew with every step through the console. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { failureOf, refusal } from '../failure/refusal';
import { onMove } from '../navigation/location';
import { type Access, isSame } from './access';
import { isOver, readAccess } from './reading';
import { closeSession, openSession } from './session-door';
import { chosenOrganization, openedAt } from './storage';

/** Why nobody is signed in any more. */
export interface Ended {
	readonly title: string;
	readonly failure: unknown;
}

export type SessionState =
	| { readonly kind: 'out'; readonly ended: Ended | null }
	| { readonly kind: 'checking' }
	| { readonly kind: 'in'; readonly access: Access };

const unkept = (): Error =>
	refusal({
		code: 'internal',
		message: 'The key is good, but this browser did not keep the cookie: open the console over https or on localhost.',
		param: null,
		retryable: false,
		retryAfterMs: null,
	});

function forget(): void {
	openedAt.write(null);
	chosenOrganization.write(null);
}

async function entered(credential: string): Promise<Access> {
	await openSession(credential);
	openedAt.write(Date.now());
	try {
		return await readAccess();
	} catch (thrown) {
		forget();
		throw failureOf(thrown)?.code === 'unauthorized' ? unkept() : thrown;
	}
}

/** An answer that did not come leaves whoever is in where they are. */
function afterFailure(now: SessionState, thrown: unknown, reason: unknown): SessionState {
	if (isOver(thrown)) return { kind: 'out', ended: { title: 'Your session has ended', failure: reason ?? thrown } };
	if (now.kind === 'in') return now;
	return { kind: 'out', ended: { title: 'The gateway could not say who you are', failure: thrown } };
}

type Change = (now: SessionState) => SessionState;

/** One question at a time; `reason`: what made it be asked. */
function useCheck(setState: (change: Change) => void): (reason?: unknown) => void {
	const running = useRef(false);
	return useCallback(
		(reason?: unknown) => {
			if (running.current || openedAt.read() === null) return;
			running.current = true;
			const settle = (change: Change): void => {
				running.current = false;
				// Signed out meanwhile: what was asked before that is no news.
				if (openedAt.read() !== null) setState(change);
			};
			readAccess().then(
				(access) => settle((now) => (now.kind === 'in' && isSame(now.access, access) ? now : { kind: 'in', access })),
				(thrown: unknown) => {
					settle((now) => afterFailure(now, thrown, reason));
					if (isOver(thrown)) forget();
				},
			);
		},
		[setState],
	);
}

/** Also when its tab is looked at again, and when its time is over. */
function useWatch(state: SessionState, check: () => void, leave: () => void): void {
	useEffect(() => {
		const look = (): void => {
			if (document.visibilityState === 'visible') check();
		};
		check();
		document.addEventListener('visibilitychange', look);
		const ends = [onMove(check), openedAt.watch((isIn) => (isIn ? check() : leave()))];
		return () => {
			document.removeEventListener('visibilitychange', look);
			for (const end of ends) end();
		};
	}, [check, leave]);

	const expiresAt = state.kind === 'in' ? state.access.expiresAt : null;
	useEffect(() => {
		if (expiresAt === null) return;
		// The longest time a timer takes is 24 days.
		const timer = setTimeout(check, Math.min(Math.max(0, expiresAt - Date.now()) + 1_000, 2 ** 31 - 1));
		return () => clearTimeout(timer);
	}, [expiresAt, check]);
}

export function useSessionState() {
	const [state, setState] = useState<SessionState>(() =>
		openedAt.read() === null ? { kind: 'out', ended: null } : { kind: 'checking' },
	);
	const refused = useCheck(setState);
	const check = useCallback(() => refused(), [refused]);
	const requests = useRef(new AbortController());
	const signal = useCallback(() => requests.current.signal, []);
	/** Those of whoever leaves: answered later they would be refused. */
	const endRequests = useCallback(() => {
		requests.current.abort();
		requests.current = new AbortController();
	}, []);
	const leave = useCallback(() => {
		endRequests();
		forget();
		setState({ kind: 'out', ended: null });
	}, [endRequests]);
	useWatch(state, check, leave);

	const signIn = useCallback(async (credential: string) => {
		const access = await entered(credential);
		setState({ kind: 'in', access });
	}, []);
	const signOut = useCallback(async () => {
		endRequests();
		try {
			await closeSession();
			leave();
		} catch (failure) {
			if (failureOf(failure)?.code === 'unauthorized') leave();
			else setState({ kind: 'out', ended: { title: 'You are still signed in: the cookie stays', failure } });
		}
	}, [leave, endRequests]);
	const selectOrganization = useCallback((organization: string) => {
		chosenOrganization.write(organization);
		setState((now) => (now.kind === 'in' ? { ...now, access: { ...now.access, organization } } : now));
	}, []);
	return { state, refused, signal, signIn, signOut, selectOrganization };
}
