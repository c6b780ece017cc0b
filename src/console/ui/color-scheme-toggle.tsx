import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { MoonIcon, SunIcon } from './icons';

/** Follows the system until it is pressed; the choice is kept in this browser. */
export function ColorSchemeToggle() {
	const { setColorScheme } = useMantineColorScheme();
	const dark = useComputedColorScheme('light') === 'dark';
	const label = dark ? 'Use light colours' : 'Use dark colours';
	return (
		<ActionIcon
			variant="default"
			size={30}
			aria-label={label}
			title={label}
			onClick={() => setColorScheme(dark ? 'light' : 'dark')}
		>
			{dark ? <SunIcon /> : <MoonIcon />}
		</ActionIcon>
	);
}
