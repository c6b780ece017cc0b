import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const gateway = `http://localhost:${process.env.PORT ?? 8787}`;

/** The console. `npx vite` serves it with hot reload in front of a running `npm run dev`. */
export default defineConfig({
	root: 'src/console',
	plugins: [react()],
	build: { outDir: '../../dist/console', emptyOutDir: true },
	server: { proxy: Object.fromEntries(['/v1', '/trpc', '/api', '/healthz', '/readyz'].map((path) => [path, gateway])) },
});
