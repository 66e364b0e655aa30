import { migrationPaths } from "../../foundation/scratch-database.ts";
import { openStack } from "../../supabase-stack/open-stack.ts";
import { signUpUser } from "../../supabase-stack/sign-up-user.ts";

/** The local stack in a process of its own, so that it does not share the uploader's thread. */
const stack = await openStack({ migrations: migrationPaths() });
const { id: userId, accessToken } = await signUpUser(stack, "owner@example.org");
const { apiUrl: projectUrl, publishableKey: anonKey } = stack;
console.log(JSON.stringify({ projectUrl, anonKey, userId, accessToken }));
process.stdin.resume().once("end", () => void stack.close());
