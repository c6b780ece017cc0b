// Before the first paint, and not inline: the content security policy allows no inline script.
(() => {
	let chosen = 'auto';
	try {
		chosen = localStorage.getItem('mantine-color-scheme-value') ?? 'auto';
	} catch {
		// Storage is blocked: the system's preference decides.
	}
	const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
	document.documentElement.dataset.mantineColorScheme = dark ? 'dark' : 'light';
})();
