import { Button, Group, Kbd, Text, Textarea } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import type { ChatInput } from '../../client';
import { SendIcon, StopIcon } from '../ui/icons';
import { Estimate } from './estimate';

interface ComposerProps {
	readonly answering: boolean;
	/** The settings can't be sent as they are. */
	readonly blocked: boolean;
	readonly send: (text: string) => void;
	/** What would be sent; null: that can't be said. */
	readonly requestOf: (text: string) => ChatInput | null;
	readonly stop: () => void;
}

/** Enter sends, Shift+Enter breaks the line, Escape stops. Stays writable while an answer comes. */
export function Composer({ answering, blocked, send, requestOf, stop }: ComposerProps) {
	const [text, setText] = useState('');
	const submit = (): void => {
		if (answering || blocked || text.trim() === '') return;
		send(text);
		setText('');
	};
	const onKeyDown = (event: KeyboardEvent): void => {
		if (event.key === 'Escape' && answering) stop();
		if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
		event.preventDefault();
		submit();
	};
	const onSubmit = (event: FormEvent): void => {
		event.preventDefault();
		submit();
	};
	return (
		<form className="composer" onSubmit={onSubmit}>
			<Group align="flex-end" gap="xs" wrap="nowrap">
				<Textarea
					aria-label="Message"
					placeholder="Write a message"
					autosize
					minRows={1}
					maxRows={10}
					size="md"
					flex={1}
					value={text}
					onChange={(event) => setText(event.currentTarget.value)}
					onKeyDown={onKeyDown}
				/>
				{answering ? (
					<Button size="md" color="red.9" leftSection={<StopIcon />} onClick={stop}>
						Stop
					</Button>
				) : (
					<Button size="md" type="submit" leftSection={<SendIcon />} disabled={blocked || text.trim() === ''}>
						Send
					</Button>
				)}
			</Group>
			<Estimate text={text} paused={answering || blocked} requestOf={requestOf}>
				<Text size="xs" c="dimmed" visibleFrom="sm">
					<Kbd size="xs">Enter</Kbd> sends, <Kbd size="xs">Shift</Kbd> <Kbd size="xs">Enter</Kbd> breaks the line,{' '}
					<Kbd size="xs">Esc</Kbd> stops
				</Text>
			</Estimate>
		</form>
	);
}
