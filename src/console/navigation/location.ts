/** Where the console is, in the browser's own history: every page can be linked, reloaded and left by Back. */
import { useSyncExternalStore } from 'react';

const MOVED = 'switchyard:moved';

/** Hears of every change of page. Returns what ends it. */
export function onMove(listener: () => void): () => void {
	for (const name of ['popstate', MOVED]) window.addEventListener(name, listener);
	return () => {
		for (const name of ['popstate', MOVED]) window.removeEventListener(name, listener);
	};
}

/** Has the user gone anywhere yet? A page that has just loaded leaves the focus alone. */
export const journey = { begun: false };

export function navigate(to: string): void {
	journey.begun = true;
	history.pushState(null, '', to);
	window.dispatchEvent(new Event(MOVED));
}

export function usePath(): string {
	return useSyncExternalStore(onMove, () => location.pathname);
}
