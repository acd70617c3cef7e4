import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Browsers that know `light-dark()`, which the design tokens rest on. */
const TARGET = ["chrome123", "edge123", "firefox120", "safari17.5"];

export default defineConfig({
  plugins: [react()],
  build: {
    target: TARGET,
    cssTarget: TARGET,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The map library is one lazy chunk of about 1.1 MB; the first page does not wait for it.
    chunkSizeWarningLimit: 1300,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8000" } },
});
