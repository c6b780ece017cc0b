import { type CSSVariablesResolver, createTheme } from '@mantine/core';

export const theme = createTheme({
	primaryColor: 'cyan',
	primaryShade: 9,
	autoContrast: true,
	defaultRadius: 'md',
	cursorType: 'pointer',
	respectReducedMotion: true,
	fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
	fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
	headings: { fontWeight: '650' },
	components: {
		Modal: { styles: { title: { fontWeight: 650 } } },
		// Cut short, a state says nothing.
		Badge: { styles: { root: { flexShrink: 0, minWidth: 'max-content' } } },
	},
});

/** Mantine's own secondary colours stay below the contrast of 4.5:1 that WCAG AA asks for. */
export const cssVariables: CSSVariablesResolver = ({ colors }) => ({
	variables: {},
	light: {
		'--mantine-color-dimmed': colors.gray[7],
		'--mantine-color-placeholder': colors.gray[6],
		'--mantine-color-error': colors.red[9],
	},
	dark: {
		'--mantine-color-dimmed': colors.dark[1],
		'--mantine-color-placeholder': colors.dark[2],
		'--mantine-color-error': colors.red[4],
	},
});
