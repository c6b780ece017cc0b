import { Group, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { journey } from '../navigation/location';

interface PageHeadProps {
	readonly title: string;
	readonly description?: string;
	/** What can be done here. */
	readonly children?: ReactNode;
}

/** Names the page, in the tab too. Where the menu led here, a screen reader goes on from the heading. */
export function PageHead({ title, description, children }: PageHeadProps) {
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		document.title = `${title} · Switchyard`;
		const { activeElement } = document;
		const elsewhere = activeElement !== null && activeElement !== document.body && !activeElement.closest('nav');
		if (journey.begun && !elsewhere) heading.current?.focus({ preventScroll: true });
	}, [title]);
	return (
		<Group justify="space-between" align="flex-start" mb="md" gap="sm">
			<div>
				<Title order={1} size="h2" className="heading" tabIndex={-1} ref={heading}>
					{title}
				</Title>
				{description && (
					<Text c="dimmed" size="sm">
						{description}
					</Text>
				)}
			</div>
			{children && <Group gap="xs">{children}</Group>}
		</Group>
	);
}
