import type { MouseEvent } from 'react';
import { navigate } from './location';

/** For an `<a>` to one of our own pages; a click with a modifier stays the browser's (new tab, download). */
export const linkTo = (href: string) => ({
	href,
	onClick: (event: MouseEvent<HTMLAnchorElement>) => {
		if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
		event.preventDefault();
		navigate(href);
	},
});
