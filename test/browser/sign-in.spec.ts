import { change, composer, enter, expect, open, signInAs, signInAsCaller, signInAsOperator, test } from './console';
import { ADMIN_KEY, GATEWAY_KEY } from './environment';

const STORED = 'JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie';

interface NewKey {
	readonly id: string;
	readonly key: string;
}

test('a key that nobody knows is refused with a reason, and nothing of it is kept', async ({ page, problems }) => {
	await page.goto('/');
	await expect(page).toHaveTitle(/Switchyard/);
	await enter(page, 'sy_unknown_key');
	const alert = page.getByRole('alert');
	await expect(alert).toContainText('This key is not accepted');
	await expect(alert).toContainText('neither revoked nor expired');
	await expect(alert).toContainText('unauthorized');
	await expect(page.getByRole('textbox', { name: 'Key or token' })).toBeFocused();
	expect(await page.evaluate('sessionStorage.length + localStorage.length')).toBe(0);
	problems.expected(/401/);
});

test('a key with signs that no key has is named as such before it is sent', async ({ page }) => {
	await page.goto('/');
	await page.getByRole('textbox', { name: 'Key or token' }).fill('sy_abc…');
	await expect(page.getByText('A key has only letters')).toBeVisible();
	await expect(page.getByRole('button', { name: 'Sign in' })).toBeDisabled();
});

test('a gateway key without the scope manage sees the playground, the models and the status', async ({ page }) => {
	await signInAsCaller(page);
	const pages = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
	await expect(pages).toHaveText(['Playground', 'Models', 'Status']);
	await open(page, 'Models');
	await expect(page.getByRole('row', { name: /mock\/slow/ })).toContainText('$1 / $2');
	await page.goto('/agents');
	await expect(page.getByRole('alert')).toContainText('lacks the scope ‘manage’');
});

test('a session outlives a reload of its tab and ends with signing out', async ({ page, context }) => {
	await signInAsOperator(page);
	await page.reload();
	await expect(composer(page)).toBeVisible();
	await page.getByRole('button', { name: 'Sign out' }).click();
	await expect(page.getByRole('textbox', { name: 'Key or token' })).toHaveValue('');
	expect(await context.cookies()).toEqual([]);
	expect(await page.evaluate('sessionStorage.length')).toBe(0);
	await page.reload();
	await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
});

test('once somebody is signed in no script can read the key, and no request carries it', async ({ page, context }) => {
	await page.goto('/');
	await enter(page, GATEWAY_KEY);
	await expect(composer(page)).toBeVisible();
	const secret = GATEWAY_KEY.slice(-20);
	const leaking: string[] = [];
	page.on('request', (request) => {
		if (JSON.stringify([request.url(), request.headers(), request.postData()]).includes(secret))
			leaking.push(request.url());
	});
	await open(page, 'Models');
	await page.reload();
	await expect(page.getByRole('row', { name: /mock\/echo/ })).toBeVisible();
	expect(await page.evaluate(STORED)).not.toContain(secret);
	expect(await page.evaluate('document.cookie')).toBe('');
	expect(await page.content()).not.toContain(secret);
	expect(leaking).toEqual([]);
	const [cookie] = await context.cookies();
	expect(cookie).toMatchObject({
		name: '__Host-switchyard-session',
		httpOnly: true,
		secure: true,
		sameSite: 'Strict',
		path: '/',
	});
});

test('a key that is revoked leads back to signing in with the next click, and says why', async ({
	page,
	problems,
	request,
}) => {
	const { id, key } = await change<NewKey>(request, 'gatewayKeys.create', { name: 'Soon revoked' });
	await page.goto('/');
	await enter(page, key);
	await expect(composer(page)).toBeVisible();
	// What is still being read would be refused before anything is clicked.
	await page.waitForLoadState('networkidle');
	await change(request, 'gatewayKeys.revoke', { id });
	await page.getByRole('link', { name: 'Status' }).click();
	const alert = page.getByRole('alert');
	await expect(alert).toContainText('Your session has ended');
	await expect(alert).toContainText('expired or revoked');
	await expect(alert).toContainText('Sign in again');
	await expect(page.getByRole('textbox', { name: 'Key or token' })).toBeFocused();
	problems.expected(/401/);
	await enter(page, GATEWAY_KEY);
	await expect(page.getByRole('heading', { level: 1, name: 'Status' })).toBeVisible();
});

test('a question asked with a key that was revoked meanwhile leads back to signing in, too', async ({
	page,
	problems,
	request,
}) => {
	const { id, key } = await change<NewKey>(request, 'gatewayKeys.create', { name: 'Revoked while asking' });
	await page.goto('/');
	await enter(page, key);
	await expect(composer(page)).toBeVisible();
	// What is still being read would be refused before anything is clicked.
	await page.waitForLoadState('networkidle');
	await change(request, 'gatewayKeys.revoke', { id });
	await composer(page).fill('Hello?');
	await composer(page).press('Enter');
	await expect(page.getByRole('alert')).toContainText('Your session has ended');
	problems.expected(/401/);
});

test('a session ends by itself when its key expires', async ({ page, problems, request }) => {
	const expiresAt = Date.now() + 6_000;
	const { key } = await change<NewKey>(request, 'gatewayKeys.create', { name: 'Short-lived', expiresAt });
	await page.goto('/');
	await enter(page, key);
	await expect(composer(page)).toBeVisible();
	await expect(page.getByRole('alert')).toContainText('Your session has ended', { timeout: 15_000 });
	problems.expected(/401/);
});

test('a member signs in with a token and sees no management pages', async ({ page }) => {
	await signInAs(page, { sub: 'mia', role: 'member' });
	const pages = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
	await expect(pages).toHaveText(['Playground', 'Models', 'Status']);
	for (const path of ['/providers', '/keys', '/members', '/audit']) {
		await page.goto(path);
		await expect(page.getByRole('alert')).toContainText('This sign-in (member) lacks the scope ‘manage’');
		await expect(page.getByRole('table')).toHaveCount(0);
	}
});

test('who is made a member of less loses the management pages with the next click', async ({ page, request }) => {
	await signInAs(page, { sub: 'lou', role: 'admin' });
	await open(page, 'Gateway keys');
	await change(request, 'memberships.set', { userId: 'lou', role: 'member' });
	await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Models' }).click();
	const pages = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
	await expect(pages).toHaveText(['Playground', 'Models', 'Status']);
	await expect(page.getByRole('heading', { level: 1, name: 'Models' })).toBeVisible();
});

test('a member who is removed is led back to signing in, and told so', async ({ page, problems, request }) => {
	await change(request, 'memberships.set', { userId: 'rob', role: 'member' });
	await signInAs(page, { sub: 'rob', role: 'member' });
	await change(request, 'memberships.remove', { userId: 'rob' });
	await page.getByRole('link', { name: 'Models' }).click();
	await expect(page.getByRole('alert')).toContainText('This user was removed from the organization');
	problems.expected(/40[13]/);
});

test('signing out in one tab signs out the others', async ({ page, context }) => {
	await signInAsCaller(page);
	const other = await context.newPage();
	await other.goto('/');
	await expect(composer(other)).toBeVisible();
	await other.getByRole('button', { name: 'Sign out' }).click();
	await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
});

test('the operator acts on the organization that was chosen, and no longer after signing out', async ({
	page,
	request,
}) => {
	await change(request, 'organizations.create', { name: 'Chosen', slug: 'chosen' });
	await signInAsOperator(page);
	const select = page.getByRole('combobox', { name: 'Organization' });
	await select.click();
	await page.getByRole('option', { name: 'Chosen' }).click();
	await open(page, 'Gateway keys');
	await expect(page.getByText('No key yet.')).toBeVisible();
	await page.reload();
	await expect(select).toHaveValue('Chosen');
	expect(await page.evaluate(STORED)).not.toContain(ADMIN_KEY);
	await page.getByRole('button', { name: 'Sign out' }).click();
	await enter(page, ADMIN_KEY);
	await expect(select).not.toHaveValue('Chosen');
});

test('the status page says which parts answer', async ({ page }) => {
	await signInAsCaller(page);
	await open(page, 'Status');
	const parts = page.getByRole('table', { name: 'Parts' }).getByRole('row');
	await expect(parts).toHaveCount(5);
	for (const part of await parts.all()) await expect(part).toContainText('ok');
});
