/** Plain text as written, with fenced code set apart; nothing of an answer is ever taken for HTML. */
import { Box, Code, CopyButton, UnstyledButton } from '@mantine/core';

interface Block {
	/** Character at which it begins, which names it. */
	readonly at: number;
	readonly code: boolean;
	readonly text: string;
}

/** The last fence may still be open while the answer comes. */
function blocksOf(text: string): Block[] {
	const blocks: Block[] = [];
	let at = 0;
	for (const [index, piece] of text.split(/^```/m).entries()) {
		const code = index % 2 === 1;
		const body = code ? piece.replace(/^[^\n]*\n?/, '').replace(/\n$/, '') : piece.replace(/^\n/, '');
		if (body !== '') blocks.push({ at, code, text: body });
		at += piece.length + 3;
	}
	return blocks;
}

function CodeBlock({ text }: { readonly text: string }) {
	return (
		<Box pos="relative" my="xs">
			<Code block style={{ overflowX: 'auto' }}>
				{text}
			</Code>
			<CopyButton value={text}>
				{({ copied, copy }) => (
					<UnstyledButton onClick={copy} pos="absolute" top={6} right={10} fz="xs" c="dimmed">
						{copied ? 'Copied' : 'Copy'}
					</UnstyledButton>
				)}
			</CopyButton>
		</Box>
	);
}

export function RichText({ text }: { readonly text: string }) {
	return blocksOf(text).map(({ at, code, text: body }) =>
		code ? (
			<CodeBlock key={at} text={body} />
		) : (
			<div key={at} className="prose">
				{body}
			</div>
		),
	);
}
