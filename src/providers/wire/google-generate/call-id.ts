/** Ids of tool calls that came without one, told apart from the API's own by how they begin. */
const MADE = 'gcall_';
/** Characters of the answer's id: enough to differ from turn to turn, short enough for every client. */
const LENGTH = 20;

/** The same however often an answer is decoded; `count`: calls of that answer before this one. */
export function madeId(responseId: string, count: number): string {
	const answer = responseId.replace(/[^A-Za-z0-9]/g, '').slice(-LENGTH);
	return `${MADE}${answer && `${answer}_`}${count}`;
}

export const isMadeId = (id: string): boolean => id.startsWith(MADE);
