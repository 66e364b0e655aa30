import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const unit = [
  "shared/**/*.test.ts",
  "electron/**/*.test.ts",
  "renderer/**/*.test.{ts,tsx}",
  "scripts/**/*.test.ts",
];
const integration = ["**/*.integration.test.ts"];
const endToEnd = ["scripts/e2e/**/*.e2e.test.ts"];
const ignored = ["node_modules/**", "out/**", "dist/**", ".cache/**"];
const patience = { testTimeout: 240_000, hookTimeout: 240_000 };
/** Two at a time: they wait for databases and trainings more than they work. */
const together = { ...patience, maxWorkers: 2 };
const alone = { ...patience, fileParallelism: false };
/** The path by which the team's guide imports the row types. */
const alias = { "@/lib/types": fileURLToPath(new URL("./shared/types", import.meta.url)) };

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: unit,
          exclude: [...ignored, ...integration, ...endToEnd],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: { name: "integration", include: integration, exclude: ignored, ...together },
      },
      { extends: true, test: { name: "e2e", include: endToEnd, exclude: ignored, ...alone } },
    ],
  },
});
