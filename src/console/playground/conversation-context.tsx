/** Above the pages: an answer goes on, and a conversation stays, while another page is looked at. */
import {
	createContext,
	type ReactNode,
	use,
	useCallback,
	useEffect,
	useMemo,
	useReducer,
	useRef,
	useState,
} from 'react';
import type { AnswerStream, StreamEvent } from '../../client';
import { useSignedIn } from '../session/session';
import { type Change, changed, type End, newAnswer } from './conversation';
import { type Draft, NEW_DRAFT, parseTools } from './draft';
import { requestOf } from './request';
import type { Turn } from './turn';

interface Conversation {
	readonly turns: readonly Turn[];
	readonly draft: Draft;
	readonly setDraft: (change: Partial<Draft>) => void;
	/** An answer is on its way. */
	readonly answering: boolean;
	/** Sends `turns` whole; the answer comes after them. */
	readonly ask: (turns: readonly Turn[]) => void;
	readonly stop: () => void;
	readonly clear: () => void;
	/** Of a turn to come. */
	readonly nextId: () => number;
}

const ConversationContext = createContext<Conversation | null>(null);

/** The screen follows at most this often: an answer may come in hundreds of pieces a second. */
const FRAME_MS = 40;

/** Hands events on in bundles, and the last of them before it ends. */
async function relay(stream: AnswerStream, show: (events: readonly StreamEvent[], now: number) => void): Promise<void> {
	let waiting: StreamEvent[] = [];
	let timer: ReturnType<typeof setTimeout> | undefined;
	const flush = (): void => {
		clearTimeout(timer);
		timer = undefined;
		if (waiting.length > 0) show(waiting, performance.now());
		waiting = [];
	};
	let first = true;
	try {
		for await (const event of stream) {
			waiting.push(event);
			if (first && event.type !== 'meta' && event.type !== 'start') {
				first = false;
				flush();
			} else timer ??= setTimeout(flush, FRAME_MS);
		}
	} finally {
		flush();
	}
}

export function ConversationProvider({ children }: { readonly children: ReactNode }) {
	const { client } = useSignedIn();
	const [turns, change] = useReducer<readonly Turn[], [Change]>(changed, []);
	const [draft, setWhole] = useState<Draft>(NEW_DRAFT);
	const running = useRef<AnswerStream | null>(null);
	const lastId = useRef(0);

	const nextId = useCallback(() => {
		lastId.current += 1;
		return lastId.current;
	}, []);
	const setDraft = useCallback((part: Partial<Draft>) => setWhole((now) => ({ ...now, ...part })), []);
	const stop = useCallback(() => {
		running.current?.abort();
		running.current = null;
	}, []);
	const clear = useCallback(() => {
		stop();
		change({ kind: 'clear' });
	}, [stop]);

	const ask = useCallback(
		(asked: readonly Turn[]) => {
			const { tools } = parseTools(draft.tools);
			if (!tools || running.current) return;
			const input = requestOf(draft, tools, asked);
			const answer = newAnswer(nextId(), input.model, performance.now());
			change({ kind: 'ask', turns: asked, answer });
			const stream = client.stream(input);
			running.current = stream;
			const end = (how: Omit<End, 'now'>): void => {
				if (running.current === stream) running.current = null;
				change({ kind: 'end', id: answer.id, end: { ...how, now: performance.now() } });
			};
			relay(stream, (events, now) => change({ kind: 'events', id: answer.id, events, now }))
				.then(() => stream.final())
				.then(
					(result) => end({ status: 'done', result, failure: null }),
					(failure: unknown) => {
						const stopped = running.current !== stream;
						end({ status: stopped ? 'stopped' : 'failed', result: null, failure: stopped ? null : failure });
					},
				);
		},
		[client, draft, nextId],
	);

	useEffect(() => stop, [stop]);

	const answering = turns.some((turn) => turn.role === 'assistant' && turn.status === 'streaming');
	const value = useMemo(
		() => ({ turns, draft, setDraft, answering, ask, stop, clear, nextId }),
		[turns, draft, setDraft, answering, ask, stop, clear, nextId],
	);
	return <ConversationContext value={value}>{children}</ConversationContext>;
}

export function useConversation(): Conversation {
	const conversation = use(ConversationContext);
	if (!conversation) throw new Error('useConversation needs a ConversationProvider around it.');
	return conversation;
}
