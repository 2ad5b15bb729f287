import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { onlyUsedGrammars } from './build/onlyUsedGrammars';

/** Where `npm run dev` finds the API: the service itself, or `npm run dev:api`. */
const api = process.env.CODEX_API ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), onlyUsedGrammars()],
  server: { proxy: { '/api': api, '/openapi': api, '/health': api } },
  build: {
    outDir: process.env.DASHBOARD_OUT ?? '../CodexService.Api/wwwroot',
    emptyOutDir: true,
    target: 'es2022',
    // The API's Content-Security-Policy allows no data: addresses, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
  },
  test: {
    // Tests of components say that they need a browser's DOM; starting one costs the others a second each.
    environment: 'node',
    include: ['tests/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    // Longer than the waits in a test together, which the machine may make slow.
    testTimeout: 180_000,
    hookTimeout: 60_000,
    teardownTimeout: 60_000,
  },
});
