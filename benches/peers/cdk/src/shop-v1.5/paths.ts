import { join } from "node:path";

/** The repository; what it deploys as data (Python, SQL, rules, pictures) is the same for both programs. */
export const REPOSITORY = join(__dirname, "../../../../..");
export const ASSETS = join(REPOSITORY, "apps/shop-infra/assets");
