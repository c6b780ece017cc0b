/**
 * `return()` of a generator waits for its pending read, and skips a body that never began: so the upstream is
 * aborted and the books are closed (`leave`) before it.
 */
export function leaving<T>(events: AsyncGenerator<T, void, void>, leave: () => void): AsyncGenerator<T, void, void> {
	return {
		next: () => events.next(),
		return: (value) => {
			leave();
			return events.return(value);
		},
		throw: (error) => {
			leave();
			return events.throw(error);
		},
		[Symbol.asyncIterator]() {
			return this;
		},
	};
}
