import { useEffect, useState } from 'react';

const SECOND_MS = 1_000;

/** ms since epoch, told anew every second while the page can be seen. */
export function useNow(): number {
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		const timer = setInterval(() => {
			if (!document.hidden) setNow(Date.now());
		}, SECOND_MS);
		return () => clearInterval(timer);
	}, []);
	return now;
}
