import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SignJWT } from "jose";

/** The secrets of one stack, made once and kept beside its data. */
export interface ProjectKeys {
  /** Signs every token (HS256). */
  jwtSecret: string;
  databasePassword: string;
  /** The older keys: tokens that carry a role. */
  anonKey: string;
  serviceRoleKey: string;
  /** The newer keys: names that the gateway maps to the same roles. */
  publishableKey: string;
  secretKey: string;
}

export async function openProjectKeys(folder: string): Promise<ProjectKeys> {
  const path = join(folder, "keys.json");
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as ProjectKeys;

  const jwtSecret = randomBytes(40).toString("base64url");
  const keys: ProjectKeys = {
    jwtSecret,
    databasePassword: randomBytes(18).toString("hex"),
    anonKey: await roleToken("anon", jwtSecret),
    serviceRoleKey: await roleToken("service_role", jwtSecret),
    publishableKey: `sb_publishable_${randomBytes(24).toString("base64url")}`,
    secretKey: `sb_secret_${randomBytes(24).toString("base64url")}`,
  };
  writeFileSync(`${path}.new`, JSON.stringify(keys, null, 2), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return keys;
}

function roleToken(role: string, jwtSecret: string): Promise<string> {
  return new SignJWT({ role, iss: "supabase" })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuedAt()
    .setExpirationTime("10y")
    .sign(new TextEncoder().encode(jwtSecret));
}
