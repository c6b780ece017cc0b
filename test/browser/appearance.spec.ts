import { composer, expect, signInAsCaller, test } from './console';

const BACKGROUND = 'getComputedStyle(document.body).backgroundColor';
const SCHEME = 'document.documentElement.dataset.mantineColorScheme';

test('colours follow the system until they are chosen, and the choice is kept', async ({ page }) => {
	await page.emulateMedia({ colorScheme: 'dark' });
	await signInAsCaller(page);
	expect(await page.evaluate(SCHEME)).toBe('dark');
	const dark = await page.evaluate(BACKGROUND);
	await page.getByRole('button', { name: 'Use light colours' }).click();
	expect(await page.evaluate(SCHEME)).toBe('light');
	expect(await page.evaluate(BACKGROUND)).not.toBe(dark);
	await page.reload();
	await expect(composer(page)).toBeVisible();
	expect(await page.evaluate(SCHEME)).toBe('light');
});

test('the console is served with a strict policy, and its files are cached by their names', async ({
	page,
	request,
}) => {
	const response = await page.goto('/');
	const headers = response?.headers() ?? {};
	const policy = headers['content-security-policy'] ?? '';
	for (const rule of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"])
		expect(policy.split('; ')).toContain(rule);
	expect(headers['x-content-type-options']).toBe('nosniff');
	expect(headers['referrer-policy']).toBe('no-referrer');
	const script = (await page.locator('script[type=module]').getAttribute('src')) ?? '';
	expect((await request.get(script)).headers()['cache-control']).toContain('immutable');
});

test('on a small screen the menu opens on demand and nothing is wider than the screen', async ({ page }) => {
	await page.setViewportSize({ width: 360, height: 740 });
	await signInAsCaller(page);
	const models = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Models' });
	await expect(models).not.toBeInViewport();
	await page.getByRole('button', { name: 'Menu' }).click();
	await models.click();
	await expect(page.getByRole('heading', { level: 1, name: 'Models' })).toBeVisible();
	expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
});
