/** The caller's leave as an abort: by the request's own signal where the platform sends it, or by a failed write. */
import type { HttpContext } from './context';

/** Follows `request.signal`; the pump aborts it too. Settlement never depends on it. */
export function goneController(c: HttpContext): AbortController {
	const controller = new AbortController();
	const { signal } = c.req.raw;
	if (signal.aborted) controller.abort(signal.reason);
	else signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
	return controller;
}
