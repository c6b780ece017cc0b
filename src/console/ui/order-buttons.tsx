import { ActionIcon } from '@mantine/core';
import { DownIcon, RemoveIcon, UpIcon } from './icons';

interface OrderButtonsProps {
	/** `fallback 2` */
	readonly what: string;
	readonly first: boolean;
	readonly last: boolean;
	readonly up: () => void;
	readonly down: () => void;
	readonly remove: () => void;
}

/** Of one row of an ordered list. */
export function OrderButtons({ what, first, last, up, down, remove }: OrderButtonsProps) {
	return (
		<>
			<ActionIcon variant="default" size={36} aria-label={`Move ${what} up`} disabled={first} onClick={up}>
				<UpIcon />
			</ActionIcon>
			<ActionIcon variant="default" size={36} aria-label={`Move ${what} down`} disabled={last} onClick={down}>
				<DownIcon />
			</ActionIcon>
			<ActionIcon variant="default" size={36} aria-label={`Remove ${what}`} onClick={remove}>
				<RemoveIcon />
			</ActionIcon>
		</>
	);
}
