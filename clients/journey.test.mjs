import test from "node:test";

import { journey } from "./generated/js/journey.js";

test("a TypeScript client makes the main journey", () => journey(process.env.MINI_COMPETE_URL, "Typed"));
