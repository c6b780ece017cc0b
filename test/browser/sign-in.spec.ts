import { composer, enter, expect, open, signInAsCaller, signInAsOperator, test } from './console';
import { ADMIN_KEY, GATEWAY_KEY } from './environment';

test('a key that nobody knows is refused with a reason, and nothing of it is kept', async ({ page, problems }) => {
	await page.goto('/');
	await expect(page).toHaveTitle(/Switchyard/);
	await enter(page, 'sy_unknown_key');
	const alert = page.getByRole('alert');
	await expect(alert).toContainText('This key is not accepted');
	await expect(alert).toContainText('neither revoked nor expired');
	await expect(alert).toContainText('unauthorized');
	await expect(page.getByRole('textbox', { name: 'Key' })).toBeFocused();
	expect(await page.evaluate('sessionStorage.length')).toBe(0);
	problems.expected(/401/);
});

test('a key with signs that no key has is named as such before it is sent', async ({ page }) => {
	await page.goto('/');
	await page.getByRole('textbox', { name: 'Key' }).fill('sy_abc…');
	await expect(page.getByText('A key has only letters')).toBeVisible();
	await expect(page.getByRole('button', { name: 'Sign in' })).toBeDisabled();
});

test('a gateway key without the scope manage sees the playground, the models and the status', async ({ page }) => {
	await signInAsCaller(page);
	const pages = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
	await expect(pages).toHaveText(['Playground', 'Models', 'Status']);
	await open(page, 'Models');
	await expect(page.getByRole('row', { name: /mock\/echo/ })).toContainText('$1 / $2');
	await page.goto('/agents');
	await expect(page.getByRole('alert')).toContainText('lacks the scope ‘manage’');
});

test('a session outlives a reload of its tab and ends with signing out', async ({ page }) => {
	await signInAsOperator(page);
	await page.reload();
	await expect(composer(page)).toBeVisible();
	for (const secret of [ADMIN_KEY, GATEWAY_KEY]) expect(page.url()).not.toContain(secret);
	expect(await page.evaluate('JSON.stringify(localStorage) + document.cookie')).not.toContain(ADMIN_KEY);
	await page.getByRole('button', { name: 'Sign out' }).click();
	await expect(page.getByRole('textbox', { name: 'Key' })).toHaveValue('');
	expect(await page.evaluate('sessionStorage.length')).toBe(0);
	await page.reload();
	await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
});

test('the status page says which parts answer', async ({ page }) => {
	await signInAsCaller(page);
	await open(page, 'Status');
	const parts = page.getByRole('table', { name: 'Parts' }).getByRole('row');
	await expect(parts).toHaveCount(5);
	for (const part of await parts.all()) await expect(part).toContainText('ok');
});
