import { Group, Text } from '@mantine/core';

interface DayBarsProps {
	readonly label: string;
	readonly days: readonly {
		/** `YYYY-MM-DD` */
		readonly date: string;
		readonly value: number;
		/** The day in words. */
		readonly text: string;
	}[];
}

/** One bar a day, the highest as tall as there is room; read aloud it is a list. */
export function DayBars({ label, days }: DayBarsProps) {
	const most = Math.max(1, ...days.map(({ value }) => value));
	return (
		<div>
			<ol className="days" aria-label={label}>
				{days.map(({ date, value, text }) => (
					<li
						key={date}
						aria-label={text}
						title={text}
						data-none={value === 0}
						style={{ height: `${(100 * value) / most}%` }}
					/>
				))}
			</ol>
			<Group justify="space-between" aria-hidden="true">
				<Text size="xs" c="dimmed">
					{days[0]?.date}
				</Text>
				<Text size="xs" c="dimmed">
					{days.at(-1)?.date}
				</Text>
			</Group>
		</div>
	);
}
