/** What an isolate remembers of conversations and turns. Bounded; advice, never truth. */
import { retain } from '../recency';
import type { AffinityPort } from './ports';

/** Plain data, made once per isolate. */
export interface AffinityMemory {
	/** By conversation, the one that was heard of last at the end. */
	readonly conversations: Map<string, { readonly target: string; readonly at: number }>;
	/** By list, the one that turned last at the end. */
	readonly turns: Map<string, number>;
}

/** How long a prompt cache lives at least (Anthropic's and OpenAI's: 5 minutes after its last use). */
const LIFETIME_MS = 300_000;
const MOST_CONVERSATIONS = 10_000;
const MOST_LISTS = 2_000;

export const affinityMemory = (): AffinityMemory => ({ conversations: new Map(), turns: new Map() });

/** `now`: ms since epoch. */
export const affinity = ({ conversations, turns }: AffinityMemory, now: () => number): AffinityPort => ({
	last(conversation) {
		const known = conversations.get(conversation);
		if (!known) return null;
		if (now() - known.at <= LIFETIME_MS) return known.target;
		conversations.delete(conversation);
		return null;
	},
	remember(conversation, target) {
		retain(conversations, conversation, { target, at: now() }, MOST_CONVERSATIONS);
	},
	turn(list, takes = true) {
		const turn = turns.get(list) ?? 0;
		if (takes) retain(turns, list, turn + 1, MOST_LISTS);
		return turn;
	},
});

/** The same for who only asks whose turn it would be. */
export const looking = (memory: Pick<AffinityPort, 'last' | 'turn'>): Pick<AffinityPort, 'last' | 'turn'> => ({
	last: (conversation) => memory.last(conversation),
	turn: (list) => memory.turn(list, false),
});
